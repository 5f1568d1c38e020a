import type { Row } from '../row.ts';
import { returnedAt, type Episode } from './episodes.ts';
import type { Attempt, Outcome } from './load.ts';

/** So long after its end a server may be given a call by a router that has not heard of it yet. */
const DEATH_MS = 250;
/** Within this time calls must have left a server that is not well. */
const LEAVE_MS = 5_000;

/** What a run came to, each with the figure to reach. `runs` is how often the servers ran each call. */
export function verdict(
  outcomes: readonly Outcome[],
  episodes: readonly Episode[],
  runs: ReadonlyMap<string, number>,
): Row[] {
  const failed = outcomes.filter(({ code }) => code !== undefined);
  const plain = outcomes.filter(({ harmless }) => !harmless);
  const stray = strays(outcomes, episodes).filter(({ harmless }) => !harmless);
  const count = (what: string, ours: number, atMost?: number): Row => ({
    what,
    ours,
    unit: '',
    ...(atMost !== undefined && { atMost }),
  });
  return [
    count('calls', outcomes.length),
    count('calls that got no answer at all', outcomes.filter(({ unanswered }) => unanswered !== undefined).length, 0),
    { what: 'from call to answer, at most', ours: longest(outcomes), unit: 's' },
    count('mishaps', episodes.length),
    count('harmless calls that failed', failed.filter(({ harmless }) => harmless).length, 0),
    count(
      'harmless calls that ran more than once',
      outcomes.filter((one) => one.harmless && ran(one, runs) > 1).length,
    ),
    count('other calls that failed', failed.filter(({ harmless }) => !harmless).length),
    count('of these, not in flight at the victim', stray.length, 0),
    count('other calls that ran more than once', plain.filter((one) => ran(one, runs) > 1).length, 0),
    count(
      'answered calls that no server has run',
      outcomes.filter((one) => one.code === undefined && ran(one, runs) === 0).length,
      0,
    ),
    {
      what: 'calls left a slow server after, at most',
      ours: slowest(episodes, 'slow', outcomes),
      unit: 's',
      atMost: LEAVE_MS / 1_000,
    },
    {
      what: 'calls left a hung server after, at most',
      ours: slowest(episodes, 'hung', outcomes),
      unit: 's',
      atMost: LEAVE_MS / 1_000,
    },
    {
      what: 'calls left a failing server after, at most',
      ours: slowest(episodes, 'failing', outcomes),
      unit: 's',
      atMost: LEAVE_MS / 1_000,
    },
    count(
      'servers that were not called again',
      episodes.filter((one) => returnedAt(one, outcomes) === undefined).length,
      0,
    ),
  ];
}

/** One line per mishap: when calls left, when they came back, what failed meanwhile. */
export function story(episodes: readonly Episode[], outcomes: readonly Outcome[]): string[] {
  return episodes.map((episode) => {
    const { server, mishap, from, until } = episode;
    const back = returnedAt(episode, outcomes);
    const lost = outcomes.filter(({ code, attempts, startedAt }) => {
      return (
        code !== undefined &&
        attempts.at(-1)?.nextHop === episode.url &&
        startedAt > from - LEAVE_MS &&
        startedAt < until
      );
    });
    const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
    return (
      `${server} ${mishap} for ${seconds(until - from)}: last call ${seconds(leftAfter(episode, outcomes))} into it, ` +
      `${lost.length} failed, called again ${back === undefined ? 'never' : `${seconds(back - until)} after it`}`
    );
  });
}

/** The failures that nothing excuses. */
export function strays(outcomes: readonly Outcome[], episodes: readonly Episode[]): readonly Outcome[] {
  return outcomes.filter((one) => one.code !== undefined && (one.harmless || !wasWithVictim(one, episodes)));
}

/** Whether a row says that a figure was not reached. */
export function isMissed({ ours, atMost }: Row): boolean {
  return atMost !== undefined && ours > atMost;
}

/** Far more than a call may take where the machine cannot keep up with the load. */
function longest(outcomes: readonly Outcome[]): number {
  return outcomes.reduce((most, { startedAt, endedAt }) => Math.max(most, endedAt - startedAt), 0) / 1_000;
}

function ran({ id }: Outcome, runs: ReadonlyMap<string, number>): number {
  return runs.get(id) ?? 0;
}

/** A failure is the victim's if the last attempt was made there while it could not be known yet that it is not well. */
function wasWithVictim({ startedAt, endedAt, attempts }: Outcome, episodes: readonly Episode[]): boolean {
  const last = attempts.at(-1);
  return episodes.some(({ url, mishap, from, until }) => {
    if (last?.nextHop !== url || endedAt < from || startedAt > until) return false;
    return startedAt < from + (mishap === 'killed' ? DEATH_MS : LEAVE_MS);
  });
}

function slowest(episodes: readonly Episode[], mishap: Episode['mishap'], outcomes: readonly Outcome[]): number {
  const after = episodes.filter((one) => one.mishap === mishap).map((episode) => leftAfter(episode, outcomes));
  return Math.max(0, ...after) / 1_000;
}

/** How far into an episode the last call was sent to its server; what others have failed before may end anywhere. */
function leftAfter({ url, from, until }: Episode, outcomes: readonly Outcome[]): number {
  const sent = outcomes.flatMap(({ startedAt, attempts: [first] }) => {
    const isThere = first?.nextHop === url && wasSent(first);
    return isThere && startedAt > from && startedAt < until ? startedAt : [];
  });
  return sent.length === 0 ? 0 : Math.max(...sent) - from;
}

/** A next hop that rests or is not there gets nothing. */
function wasSent({ outcome }: Attempt): boolean {
  return outcome !== 'SERVER_UNAVAILABLE';
}

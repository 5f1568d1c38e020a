import { joined } from '../../core/bgp/packet/crossed.ts';
import { Failure, type Spent } from '../../base/failure/failure.ts';
import type { Ended } from './attempt.ts';
import { AttemptsSpent, budgetLeft } from './budget.ts';
import type { Attempt } from './call.ts';
import type { TransitContext, Tally } from './transit-context.ts';
import type { Deadline } from './deadline.ts';
import { failedAttempts, type FailedAttempts } from './failed-attempts.ts';
import { passable, type Hop } from './hop.ts';
import type { RunStage, Stage } from './stage.ts';

/** A call of which every attempt has failed. */
export class CallFailed extends Failure {
  constructor({ shown, reached }: FailedAttempts, attempts: readonly Attempt[], spent: Spent) {
    const { code, message, blames, isSilent, details } = shown;
    super(code, message, {
      blames,
      isSilent,
      reached,
      details: { ...details, reached, attempts },
      spent,
      cause: shown,
    });
  }
}

/** The answer to a call, and the attempts that it took. */
export interface Tried<Reply> {
  readonly reply: Reply;
  readonly hop: Hop;
  readonly attempts: readonly Attempt[];
  /** Number of next hops that could still be tried. */
  readonly attemptsLeft: number;
}

/** The limits of the attempts at one call. */
export interface FailoverLimits extends Pick<TransitContext, 'attempts' | 'retry' | 'crossed'> {
  readonly deadline: Deadline;
  /** Returns true if a next hop is being probed, so that a call to it would wait. If absent, no next hop is. */
  readonly isProbed?: (nextHop: string) => boolean;
}

/**
 * Runs stages one after the other until one succeeds. It continues only if the last hop was not reached or the caller
 * allows retries, and while the budget lasts. It never tries a router that an earlier attempt reached. Hops that are
 * being probed come last.
 */
export async function failover<Reply>(
  hops: readonly Hop[],
  limits: FailoverLimits,
  run: RunStage<Reply>,
): Promise<Tried<Reply>> {
  const { attempts, retry } = limits;
  if (attempts < 1) throw new AttemptsSpent();
  const ends: Ended<Reply>[] = [];
  let stage = stageOf(hops, limits, { attempts, crossed: [] });
  while (stage !== undefined) {
    ends.push(...(await run(stage)));
    const end = ends.at(-1);
    if (end?.outcome === 'ok')
      return { reply: end.reply, hop: end.hop, attempts: ends.map(shown), attemptsLeft: end.tally.attempts };
    stage = nextStage(hops, limits, ends);
  }
  const failed = failedAttempts(ends, retry);
  if (failed === undefined) throw new Error('a resolved target has at least one hop');
  const left = budgetLeft(attempts, ends);
  throw new CallFailed(failed, ends.map(shown), { attemptsLeft: left.attempts, crossed: left.crossed });
}

/** Returns the stage after failed attempts; undefined if the call may not continue or has no other hop. */
function nextStage(hops: readonly Hop[], limits: FailoverLimits, ends: readonly Ended<unknown>[]): Stage | undefined {
  const { attempts, crossed, deadline, retry } = limits;
  const tally = budgetLeft(attempts, ends);
  const mayGoOn = failedAttempts(ends, retry)?.mayRepeat === true && !deadline.signal.aborted;
  if (!mayGoOn || tally.attempts < 1) return undefined;
  const untried = hops.filter((one) => !ends.some((end) => end.hop === one));
  return stageOf(passable(untried, joined(crossed, tally.crossed)), limits, tally);
}

function stageOf(
  hops: readonly Hop[],
  { crossed, deadline, isProbed = () => false }: FailoverLimits,
  tally: Tally,
): Stage | undefined {
  const isOpen = ({ nextHop }: Hop): boolean => !isProbed(nextHop);
  const [hop, ...others] = [...hops.filter(isOpen), ...hops.filter((one) => !isOpen(one))];
  return hop && { hop, others, tally, crossed, deadline };
}

function shown({ hop, ms, ...end }: Ended<unknown>): Attempt {
  const outcome = end.outcome === 'failed' ? end.failure.code : end.outcome;
  return { nextHop: hop.nextHop, outcome, ms: Math.round(ms) };
}

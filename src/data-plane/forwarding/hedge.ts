import { joined } from '../../core/bgp/packet/crossed.ts';
import type { Cut, Ended } from './attempt.ts';
import { Deadline } from './deadline.ts';
import { passable, peerOn } from './hop.ts';
import type { ResponseTimes } from './ports.ts';
import { shareCount, type Ends, type RunStage, type Stage } from './stage.ts';

/** Abort reason of an attempt that is cancelled because another one has succeeded. */
export class OtherAnswered extends Error {
  readonly cut: Cut;

  constructor(cut: Cut) {
    super('Another copy of the agent has answered.');
    this.cut = cut;
  }
}

/** A running attempt with its own share of the time. */
class Leg<Reply> {
  readonly ended: Promise<Ended<Reply>>;
  readonly #stage: Stage;
  readonly #started = performance.now();

  /** Runs a stage without other hops, so that it makes one attempt. The leg stops the stage's deadline. */
  constructor(stage: Stage, run: RunStage<Reply>) {
    this.#stage = stage;
    this.ended = run(stage)
      .then(([end]) => end)
      .finally(() => {
        stage.deadline.stop();
      });
  }

  cut(outcome: Cut): Ended<Reply> {
    const { hop, tally, deadline } = this.#stage;
    deadline.abort(new OtherAnswered(outcome));
    deadline.stop();
    return { hop, tally, ms: performance.now() - this.#started, outcome };
  }
}

/** Returns a policy that hedges a call once, if the response time of its hop is known. */
export function hedge(times: ResponseTimes): <Reply>(next: RunStage<Reply>) => RunStage<Reply> {
  return (next) => {
    let isHedged = false;
    return async (stage) => {
      const { hop } = stage;
      const isOpen = !isHedged && shareCount(stage) > 1;
      const usualMs = isOpen ? times.usualMs(hop.nextHop, hop.agentId) : undefined;
      if (usualMs === undefined) return next(stage);
      const ends = await hedged(stage, usualMs, next);
      isHedged = ends.length > 1;
      return ends;
    };
  };
}

/**
 * Tries the hop, and also one of the others if the hop has not answered after `patienceMs`. The first success cancels
 * the other attempt. One attempt of the budget is reserved for the second hop. In the result, a cancelled attempt
 * precedes the successful one.
 */
async function hedged<Reply>(stage: Stage, patienceMs: number, run: RunStage<Reply>): Promise<Ends<Reply>> {
  const { hop, others, tally, crossed, deadline } = stage;
  const left = tally.attempts - 1;
  const part = (shares: number): Deadline => new Deadline(deadline.signal, deadline.remainingMs / shares);
  const single = { ...stage, others: [] };
  const first = new Leg({ ...single, tally: { ...tally, attempts: left }, deadline: part(shareCount(stage)) }, run);
  if (!(await outlasts(first.ended, patienceMs)) || deadline.signal.aborted) return [await first.ended];
  const there = peerOn(hop);
  const known = there === undefined ? tally.crossed : joined(tally.crossed, [there]);
  const open = passable(others, joined(crossed, known)).filter(({ nextHop }) => nextHop !== hop.nextHop);
  const [other] = open;
  if (other === undefined) return [await first.ended];
  const secondTally = { attempts: 1, crossed: known };
  const secondPart = part(Math.min(open.length, left));
  const second = new Leg({ ...single, hop: other, tally: secondTally, deadline: secondPart }, run);
  return settled(first, second);
}

async function settled<Reply>(first: Leg<Reply>, second: Leg<Reply>): Promise<Ends<Reply>> {
  const fromFirst = first.ended.then((end) => ({ end, isFirst: true }));
  const fromSecond = second.ended.then((end) => ({ end, isFirst: false }));
  try {
    const { end, isFirst } = await Promise.race([fromFirst, fromSecond]);
    if (end.outcome !== 'ok') return [end, (await (isFirst ? fromSecond : fromFirst)).end];
    return [isFirst ? second.cut('cancelled') : first.cut('overtaken'), end];
  } catch (error) {
    // An error that is not a `Failure` ends the call.
    for (const leg of [first, second]) leg.cut('cancelled');
    throw error;
  }
}

/** Resolves with true if a promise is still pending after this time. */
async function outlasts(running: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<true>((resolve) => {
    timer = setTimeout(resolve, ms, true);
  });
  try {
    return await Promise.race([running.then(() => false), elapsed]);
  } finally {
    clearTimeout(timer);
  }
}

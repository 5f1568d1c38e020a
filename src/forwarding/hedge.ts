import { joined, type Crossed } from '../bgp/packet/crossed.ts';
import { attempt, type CallHop, type Cut, type Ended } from './attempt.ts';
import type { Tally } from './crossing.ts';
import { Deadline } from './deadline.ts';
import { passable, peerOn, type Hop } from './hop.ts';

/** Why an attempt is ended before its time: another one has succeeded. */
export class OtherAnswered extends Error {
  readonly cut: Cut;

  constructor(cut: Cut) {
    super('Another copy of the agent has answered.');
    this.cut = cut;
  }
}

/** An attempt on its way, within a part of the time. */
class Leg<Reply> {
  readonly ended: Promise<Ended<Reply>>;
  readonly #hop: Hop;
  readonly #tally: Tally;
  readonly #part: Deadline;
  readonly #started = performance.now();

  constructor(hop: Hop, tally: Tally, part: Deadline, call: CallHop<Reply>) {
    this.#hop = hop;
    this.#tally = tally;
    this.#part = part;
    this.ended = attempt(hop, tally, part, call).finally(() => {
      part.stop();
    });
  }

  cut(outcome: Cut): Ended<Reply> {
    this.#part.abort(new OtherAnswered(outcome));
    this.#part.stop();
    return { hop: this.#hop, tally: this.#tally, ms: performance.now() - this.#started, outcome };
  }
}

/** Where a call stands that has several ways to go. */
export interface Fork {
  readonly hop: Hop;
  readonly others: readonly Hop[];
  readonly tally: Tally;
  /** The routers that the call had crossed before. */
  readonly crossed: readonly Crossed[];
  readonly deadline: Deadline;
}

/**
 * Calls the next hop, and where it has not answered after so much time, one of the others besides; the first success ends
 * the other attempt. One of the budget is kept back for the second. The attempts come in the order in which they ended, one
 * that was ended before the one that succeeded.
 */
export async function hedged<Reply>(
  { hop, others, tally, crossed, deadline }: Fork,
  patienceMs: number,
  call: CallHop<Reply>,
): Promise<readonly Ended<Reply>[]> {
  const left = tally.attempts - 1;
  const part = (shares: number): Deadline => new Deadline(deadline.signal, deadline.remainingMs / shares);
  const first = new Leg(hop, { ...tally, attempts: left }, part(1 + Math.min(others.length, left)), call);
  if (!(await outlasts(first.ended, patienceMs)) || deadline.signal.aborted) return [await first.ended];
  const there = peerOn(hop);
  const known = there === undefined ? tally.crossed : joined(tally.crossed, [there]);
  const open = passable(others, joined(crossed, known)).filter(({ nextHop }) => nextHop !== hop.nextHop);
  const [other] = open;
  if (other === undefined) return [await first.ended];
  const second = new Leg(other, { attempts: 1, crossed: known }, part(Math.min(open.length, left)), call);
  return settled(first, second);
}

async function settled<Reply>(first: Leg<Reply>, second: Leg<Reply>): Promise<readonly Ended<Reply>[]> {
  const fromFirst = first.ended.then((end) => ({ end, isFirst: true }));
  const fromSecond = second.ended.then((end) => ({ end, isFirst: false }));
  try {
    const { end, isFirst } = await Promise.race([fromFirst, fromSecond]);
    if (end.outcome !== 'ok') return [end, (await (isFirst ? fromSecond : fromFirst)).end];
    return [isFirst ? second.cut('cancelled') : first.cut('overtaken'), end];
  } catch (error) {
    // What is no failure ends the call.
    for (const leg of [first, second]) leg.cut('cancelled');
    throw error;
  }
}

/** Whether something is still under way after so much time. */
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

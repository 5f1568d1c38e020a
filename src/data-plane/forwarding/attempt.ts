import { Failure } from '../../base/failure/failure.ts';
import type { Tally } from './transit-context.ts';
import type { Deadline } from './deadline.ts';
import type { Hop } from './hop.ts';

/** Sends a call to a next hop; `tally` is what goes with it. */
export type CallHop<Reply> = (hop: Hop, tally: Tally, deadline: Deadline) => Promise<Reply>;

/** An attempt that is over. */
export type Ended<Reply> = {
  readonly hop: Hop;
  /** What went with it. */
  readonly tally: Tally;
  readonly ms: number;
} & Outcome<Reply>;

type Outcome<Reply> =
  | { readonly outcome: 'ok'; readonly reply: Reply }
  | { readonly outcome: 'failed'; readonly failure: Failure }
  | { readonly outcome: Cut };

/** How an attempt ends because another has succeeded: one that began later, or the first one after all. */
export type Cut = 'overtaken' | 'cancelled';

/** Makes one attempt; rejects only with what is no `Failure`. */
export async function attempt<Reply>(
  hop: Hop,
  tally: Tally,
  deadline: Deadline,
  call: CallHop<Reply>,
): Promise<Ended<Reply>> {
  const started = performance.now();
  try {
    const reply = await call(hop, tally, deadline);
    return { hop, tally, ms: performance.now() - started, outcome: 'ok', reply };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { hop, tally, ms: performance.now() - started, outcome: 'failed', failure: error };
  }
}

import { Failure } from '../../base/failure/failure.ts';
import type { Tally } from './transit-context.ts';
import type { Deadline } from './deadline.ts';
import type { Hop } from './hop.ts';

/** Sends a call to a next hop together with a share of the budget. */
export type CallHop<Reply> = (hop: Hop, tally: Tally, deadline: Deadline) => Promise<Reply>;

/** An attempt that is over. */
export type Ended<Reply> = {
  readonly hop: Hop;
  /** The share of the budget that was sent with it. */
  readonly tally: Tally;
  readonly ms: number;
} & Outcome<Reply>;

type Outcome<Reply> =
  | { readonly outcome: 'ok'; readonly reply: Reply }
  | { readonly outcome: 'failed'; readonly failure: Failure }
  | { readonly outcome: Cut };

/**
 * Outcome of an attempt that ends because another one has succeeded: a later one (`overtaken`) or the first one
 * (`cancelled`).
 */
export type Cut = 'overtaken' | 'cancelled';

/** Makes one attempt. Rejects only with errors that are not a `Failure`. */
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

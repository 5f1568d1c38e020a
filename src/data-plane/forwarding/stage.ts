import type { Crossed } from '../../core/bgp/packet/crossed.ts';
import type { Ended } from './attempt.ts';
import type { Tally } from './transit-context.ts';
import type { Deadline } from './deadline.ts';
import type { Hop } from './hop.ts';

/** The next step of a call: the hop to try now, and what the call may do after it. */
export interface Stage {
  readonly hop: Hop;
  /** The hops that the call may try after this one. */
  readonly others: readonly Hop[];
  readonly tally: Tally;
  /** The routers that the call had crossed before it reached this one. */
  readonly crossed: readonly Crossed[];
  readonly deadline: Deadline;
}

/** The attempts of a stage, in the order in which they ended. */
export type Ends<Reply> = readonly [Ended<Reply>, ...Ended<Reply>[]];

/** Runs a stage. Rejects only with errors that are not a `Failure`. */
export type RunStage<Reply> = (stage: Stage) => Promise<Ends<Reply>>;

/** A rule for running stages that wraps another way to run them. */
export type StagePolicy<Reply> = (next: RunStage<Reply>) => RunStage<Reply>;

/** Returns the number of attempts, including this stage's, that share the remaining time. */
export function shareCount({ others, tally }: Stage): number {
  return Math.min(1 + others.length, tally.attempts);
}

import type { Crossed } from '../../core/bgp/packet/crossed.ts';
import type { Ended } from './attempt.ts';
import type { Tally } from './transit-context.ts';
import type { Deadline } from './deadline.ts';
import type { Hop } from './hop.ts';

/** The next step of a call: the hop to try now, and what the call may still do after it. */
export interface Stage {
  readonly hop: Hop;
  /** The hops that the call may try after this one. */
  readonly others: readonly Hop[];
  readonly tally: Tally;
  /** The routers that the call had crossed before it came here. */
  readonly crossed: readonly Crossed[];
  readonly deadline: Deadline;
}

/** The attempts of a stage, in the order in which they ended. */
export type Ends<Reply> = readonly [Ended<Reply>, ...Ended<Reply>[]];

/** Runs a stage; rejects only with an error that is no `Failure`. */
export type RunStage<Reply> = (stage: Stage) => Promise<Ends<Reply>>;

/** A rule about how stages run, added around another way to run them. */
export type StagePolicy<Reply> = (next: RunStage<Reply>) => RunStage<Reply>;

/** Returns how many attempts, the one of this stage included, share the time that is left. */
export function shareCount({ others, tally }: Stage): number {
  return Math.min(1 + others.length, tally.attempts);
}

import { attempt, type CallHop } from './attempt.ts';
import { failover, type FailoverLimits, type Tried } from './failover.ts';
import { hedge } from './hedge.ts';
import type { Hop } from './hop.ts';
import { learnTimes } from './learn-times.ts';
import type { ResponseTimes } from './ports.ts';
import type { RunStage, StagePolicy } from './stage.ts';
import { timeShare } from './time-share.ts';

/** Limits and options for trying the hops of a call. */
export interface Trying extends FailoverLimits {
  /** Response times. If present, a call that may be retried is hedged. */
  readonly times?: ResponseTimes | undefined;
}

/** Calls the hops until one answers, under the policies that fit the call. */
export function tryHops<Reply>(hops: readonly Hop[], trying: Trying, call: CallHop<Reply>): Promise<Tried<Reply>> {
  const once: RunStage<Reply> = async ({ hop, tally, deadline }) => [await attempt(hop, tally, deadline, call)];
  const run = policiesFor<Reply>(trying).reduce((inner, policy) => policy(inner), once);
  return failover(hops, trying, run);
}

/** Returns the policies that wrap one attempt, the innermost first. */
function policiesFor<Reply>({ retry, times }: Trying): readonly StagePolicy<Reply>[] {
  const mayRepeat = retry === 'always';
  return [
    ...(mayRepeat ? [timeShare] : []),
    ...(mayRepeat && times !== undefined ? [hedge(times)] : []),
    ...(times === undefined ? [] : [learnTimes(times)]),
  ];
}

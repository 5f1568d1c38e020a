import { capabilityNlri } from '../bgp/packet/nlri.ts';
import { callRoutes } from '../bgp/lookup.ts';
import { destination, explain as losses } from '../bgp/view.ts';
import type { Speaker } from '../bgp/state.ts';
import { learnedRoute, type LearnedRoute } from './shown-route.ts';

/** Why an agent is called the way it is. */
export interface Explanation {
  readonly agent: string;
  readonly best: LearnedRoute | undefined;
  /** Every other route, with the step or rule that it lost by. */
  readonly others: readonly (LearnedRoute & { readonly reason: string })[];
  /** The next hops that a call may try one after the other. */
  readonly nextHops: readonly string[];
  /** Until when the route is held where it is, because it kept changing. */
  readonly heldUntil?: string;
}

/** Explains the choice for an agent id or a capability path; undefined when nothing is known of it. */
export function explain(speaker: Speaker, id: string): Explanation | undefined {
  const found = destination(speaker, id) ?? destination(speaker, capabilityNlri(id));
  if (found === undefined) return undefined;
  const { best, heldUntil } = found;
  return {
    agent: id,
    best: best && learnedRoute(best, true),
    others: losses(speaker, found).map(({ route, reason }) => ({ ...learnedRoute(route, false), reason })),
    nextHops: callRoutes(speaker, found.nlri, { from: undefined, crossed: [], required: [] }).map(
      ({ attributes }) => attributes.nextHop,
    ),
    ...(heldUntil !== undefined && { heldUntil: new Date(heldUntil).toISOString() }),
  };
}

import { flattenPath, hasAsSet } from '../../core/bgp/packet/as-path.ts';
import type { PathAttributes } from '../../core/bgp/packet/attributes.ts';
import { familyOf, idOf, type Family, type Nlri } from '../../core/bgp/packet/nlri.ts';
import type { IneligibleReason } from '../../core/bgp/rib/ineligible-reason.ts';
import type { Route } from '../../core/bgp/rib/route.ts';

/** A route in the answer to an operator. */
export interface ShownRoute {
  readonly agentId: string;
  readonly family: Family;
  readonly asPath: readonly number[];
  /** True if `asPath` contains AS_SETs, whose order is unknown. */
  readonly asSets?: true;
  readonly nextHop: string;
  readonly localPref: number;
  readonly med: number;
  readonly communities: readonly string[];
  readonly capabilities: readonly string[];
  readonly originTime: string;
}

/** A learned route with its source and its state in the decision process. */
export interface LearnedRoute extends ShownRoute {
  /** Server or peer that announced the route; `self` if this router originates it. */
  readonly source: string;
  readonly name?: string;
  readonly description?: string;
  readonly best: boolean;
  readonly stale: boolean;
  readonly ineligible?: IneligibleReason;
}

export function shownRoute(nlri: Nlri, attributes: PathAttributes): ShownRoute {
  const { asPath, nextHop, localPref, med, communities, capabilities, originTime } = attributes;
  return {
    agentId: idOf(nlri),
    family: familyOf(nlri),
    asPath: flattenPath(asPath),
    ...(hasAsSet(asPath) && { asSets: true }),
    nextHop,
    localPref,
    med,
    communities,
    capabilities,
    originTime: new Date(originTime).toISOString(),
  };
}

export function learnedRoute(route: Route, best: boolean, attributes = route.attributes): LearnedRoute {
  const { nlri, source, label, stale, ineligible } = route;
  return {
    ...shownRoute(nlri, attributes),
    source: source.kind === 'self' ? 'self' : source.id,
    ...label,
    best,
    stale,
    ...(ineligible !== undefined && { ineligible }),
  };
}

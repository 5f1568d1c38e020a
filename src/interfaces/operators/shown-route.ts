import { flattenPath, hasAsSet } from '../../core/bgp/packet/as-path.ts';
import type { PathAttributes } from '../../core/bgp/packet/attributes.ts';
import { familyOf, idOf, type Family, type Nlri } from '../../core/bgp/packet/nlri.ts';
import type { IneligibleReason } from '../../core/bgp/rib/ineligible-reason.ts';
import type { Route } from '../../core/bgp/rib/route.ts';

/** A route as an operator sees it. */
export interface ShownRoute {
  readonly agentId: string;
  readonly family: Family;
  readonly asPath: readonly number[];
  /** Present when aggregation lost part of the order of `asPath`. */
  readonly asSets?: true;
  readonly nextHop: string;
  readonly localPref: number;
  readonly med: number;
  readonly communities: readonly string[];
  readonly capabilities: readonly string[];
  readonly originTime: string;
}

/** A route that was learned, with where from and what became of it. */
export interface LearnedRoute extends ShownRoute {
  /** The server or peer that told of it; `self` for what this router originates itself. */
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

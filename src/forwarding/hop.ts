import { flattenPath, originAs } from '../bgp/packet/as-path.ts';
import type { Asn } from '../bgp/packet/asn.ts';
import type { PathAttributes } from '../bgp/packet/attributes.ts';
import type { Community } from '../bgp/packet/community.ts';
import type { Route } from '../bgp/rib/route.ts';

/** One way to the target. */
export interface Hop {
  readonly nextHop: string;
  readonly agentId: string;
  /** The id under which exactly this copy can be called again. */
  readonly qualifiedId: string;
  readonly metrics: RouteMetrics;
}

/** What a caller is told of the route that was taken. */
export interface RouteMetrics {
  readonly asPath: readonly Asn[];
  readonly localPref: number;
  readonly med: number;
  readonly communities: readonly Community[];
}

/** The way that a route leads. */
export function routeHop(route: Route): Hop {
  const { nextHop } = route.attributes;
  return { nextHop, agentId: route.nlri, qualifiedId: qualifiedId(route), metrics: routeMetrics(route.attributes) };
}

/** What of a route's attributes a caller is told. */
export function routeMetrics({ asPath, localPref, med, communities }: PathAttributes): RouteMetrics {
  return { asPath: flattenPath(asPath), localPref, med, communities };
}

function qualifiedId({ nlri, source, attributes }: Route): string {
  if (source.kind === 'stub') return `${source.id}:${nlri}`;
  const origin = originAs(attributes.asPath);
  return origin === undefined ? nlri : `as${origin}:${nlri}`;
}

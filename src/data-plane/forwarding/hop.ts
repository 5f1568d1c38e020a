import { flattenPath, originAs } from '../../core/bgp/packet/as-path.ts';
import { askedPath, avoids } from '../../core/bgp/lookup.ts';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { PathAttributes } from '../../core/bgp/packet/attributes.ts';
import type { Community } from '../../core/bgp/packet/community.ts';
import type { Crossed } from '../../core/bgp/packet/crossed.ts';
import { capabilityNlri, familyOf, idOf } from '../../core/bgp/packet/nlri.ts';
import type { PeerId, PeerSource, Route } from '../../core/bgp/rib/route.ts';

/** One way to the target. */
export interface Hop {
  readonly nextHop: string;
  /** The router that takes the call, or undefined for a server. */
  readonly peer: PeerId | undefined;
  /** What tells of this way, if anything does. */
  readonly route: Route | undefined;
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

/** The way that a route leads; `wanted` is the id or path that was asked for. */
export function routeHop(route: Route, wanted: string): Hop {
  const { nlri, source, attributes } = route;
  const { nextHop } = attributes;
  const peer = source.kind === 'peer' ? source.id : undefined;
  const agentId = familyOf(nlri) === 'capability' ? capabilityNlri(askedPath(route, wanted)) : nlri;
  return { nextHop, peer, route, agentId, qualifiedId: qualifiedId(route), metrics: routeMetrics(attributes) };
}

/** The peer that a way leads to, unless it has named another next hop in place of its own. */
export function peerOn({ route, nextHop }: Hop): PeerSource | undefined {
  return route?.source.kind === 'peer' && route.source.address === nextHop ? route.source : undefined;
}

/** Those that lead to none of the routers that the call has crossed. */
export function passable(hops: readonly Hop[], crossed: readonly Crossed[]): readonly Hop[] {
  return hops.filter(({ route }) => route === undefined || avoids(route, crossed));
}

/** What of a route's attributes a caller is told. */
export function routeMetrics({ asPath, localPref, med, communities }: PathAttributes): RouteMetrics {
  return { asPath: flattenPath(asPath), localPref, med, communities };
}

function qualifiedId({ nlri, source, attributes }: Route): string {
  if (source.kind === 'stub') return `${source.id}:${nlri}`;
  const origin = originAs(attributes.asPath);
  return origin === undefined ? idOf(nlri) : `as${origin}:${idOf(nlri)}`;
}

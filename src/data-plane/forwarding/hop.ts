import { flattenPath, originAs } from '../../core/bgp/packet/as-path.ts';
import { askedPath, avoids } from '../../core/bgp/lookup.ts';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { PathAttributes } from '../../core/bgp/packet/attributes.ts';
import type { Community } from '../../core/bgp/packet/community.ts';
import { coveringPaths } from '../../core/bgp/packet/covering-paths.ts';
import type { Crossed } from '../../core/bgp/packet/crossed.ts';
import { capabilityNlri, familyOf, idOf } from '../../core/bgp/packet/nlri.ts';
import type { PeerId, PeerSource, Route } from '../../core/bgp/rib/route.ts';

/** One next hop on which the target can be reached. */
export interface Hop {
  readonly nextHop: string;
  /** The router that takes the call, or undefined for a server. */
  readonly peer: PeerId | undefined;
  /** The route that leads here; undefined if the caller gave the URL. */
  readonly route: Route | undefined;
  readonly agentId: string;
  /** Capabilities that the agent must have because the call named one: another copy of the agent may lack it. */
  readonly requires: readonly string[];
  /** The id that addresses exactly this copy. */
  readonly qualifiedId: string;
  readonly metrics: RouteMetrics;
}

/** Attributes of the chosen route that the caller sees. */
export interface RouteMetrics {
  readonly asPath: readonly Asn[];
  readonly localPref: number;
  readonly med: number;
  readonly communities: readonly Community[];
}

/**
 * Returns the hop of a route. `wanted` is the id or the capability path that the call asks for; a call of a capability
 * may take the route of an agent.
 */
export function routeHop(route: Route, wanted: string, isByCapability = false): Hop {
  const { nlri, source, attributes } = route;
  const { nextHop } = attributes;
  const peer = source.kind === 'peer' ? source.id : undefined;
  const isAgent = familyOf(nlri) === 'agent';
  return {
    nextHop,
    peer,
    route,
    agentId: isAgent ? nlri : capabilityNlri(askedPath(route, wanted)),
    requires: isAgent && isByCapability ? closestCapability(route, wanted) : [],
    qualifiedId: qualifiedId(route),
    metrics: routeMetrics(attributes),
  };
}

/** Returns the announced capability of an agent that covers a path most closely (RFC 4632 §5.1); none if there is none. */
function closestCapability({ received }: Route, path: string): readonly string[] {
  for (const covering of coveringPaths(path)) if (received.capabilities.includes(covering)) return [covering];
  return [];
}

/** Returns the peer that a hop leads to; undefined if the peer has named another next hop than itself. */
export function peerOn({ route, nextHop }: Hop): PeerSource | undefined {
  return route?.source.kind === 'peer' && route.source.address === nextHop ? route.source : undefined;
}

/** Returns the hops whose routes contain no router that the call has crossed. */
export function passable(hops: readonly Hop[], crossed: readonly Crossed[]): readonly Hop[] {
  return hops.filter(({ route }) => route === undefined || avoids(route, crossed));
}

/** Returns the attributes of a route that the caller sees. */
export function routeMetrics({ asPath, localPref, med, communities }: PathAttributes): RouteMetrics {
  return { asPath: flattenPath(asPath), localPref, med, communities };
}

function qualifiedId({ nlri, source, attributes }: Route): string {
  if (source.kind === 'stub') return `${source.id}:${nlri}`;
  const origin = originAs(attributes.asPath);
  return origin === undefined ? idOf(nlri) : `as${origin}:${idOf(nlri)}`;
}

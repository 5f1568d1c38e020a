import { originAs } from '../bgp/packet/as-path.ts';
import type { Asn } from '../bgp/packet/asn.ts';
import type { Contest } from '../bgp/lookup.ts';
import { capabilityPath, familyOf, idOf, type Nlri } from '../bgp/packet/nlri.ts';
import type { Route } from '../bgp/rib/route.ts';
import { baseUrl } from './base-url.ts';
import { meets, type Constraints } from './constraints.ts';
import type { RoutingTable } from './ports.ts';
import type { Qualifier, Target } from './target.ts';

/** What a call asks of the routing table. */
export interface Query {
  readonly target: Target;
  readonly ownAsn: Asn;
  /** The only next hop that may be used, in the form of {@link baseUrl}. */
  readonly nextHop: string | undefined;
  readonly requiredCapabilities: readonly string[];
  readonly constraints: Constraints;
}

export type Resolution =
  | {
      readonly outcome: 'resolved';
      readonly method: ResolutionMethod;
      /** The route to take, then those for failover; never empty. */
      readonly routes: readonly Route[];
      /** Why the first of them is the first; for capabilities alone, which do not say who is called. */
      readonly match?: CapabilityMatch;
    }
  | Unresolved;

/** How the agent was found that takes a call which only names a capability. */
export interface CapabilityMatch extends Contest {
  /** The advertised capability that covers what was asked for most closely. */
  readonly capability: string;
}

export type ResolutionMethod =
  'explicit_url_override' | 'explicit_qualification' | 'bgp_resolution' | 'capability_match';

/** Why no route can be taken. */
export type Unresolved =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'incapable' }
  /** It came and went too often. */
  | { readonly outcome: 'damped'; readonly untilMs: number }
  | { readonly outcome: 'denied'; readonly place: string; readonly name: string | undefined };

/** Looks a target up: as an agent id first, then, if it is a path, as a capability by longest match. */
export function resolve(table: RoutingTable, query: Query): Resolution {
  const { id } = query.target;
  const agent = lookUp(table, query, id, exactMethod(query));
  if (agent.outcome !== 'unknown' || !id.includes('/')) return agent;
  const path = capabilityPath(id);
  const capability = path === undefined ? undefined : table.longestMatch(path);
  return capability === undefined ? agent : lookUp(table, query, capability.nlri, 'capability_match', path);
}

function lookUp(table: RoutingTable, query: Query, nlri: Nlri, method: ResolutionMethod, path?: string): Resolution {
  const against = (route: Route) => (path === undefined ? undefined : table.denialBelow(route, path));
  const means = (route: Route): boolean => isMeant(route, query);
  const suits = (route: Route): boolean =>
    means(route) && meets(route, query.constraints) && against(route) === undefined;
  const routes = table.callRoutes(nlri, query.requiredCapabilities, suits);
  const [first] = routes;
  if (first !== undefined && familyOf(nlri) === 'agent') return { outcome: 'resolved', method, routes };
  if (first !== undefined) {
    const contest = table.contest(nlri, query.requiredCapabilities, suits, first);
    return { outcome: 'resolved', method, routes, match: { capability: idOf(nlri), ...contest } };
  }
  const meant = table.destination(nlri)?.routes.filter(means) ?? [];
  const usable = meant.filter(({ ineligible }) => ineligible === undefined);
  const denied = usable.map(against).find((denials) => denials !== undefined);
  if (denied !== undefined) return { outcome: 'denied', place: denied.place, name: denied.name };
  if (usable.length > 0) return { outcome: 'incapable' };
  return denial(meant) ?? suppression(meant) ?? { outcome: 'unknown' };
}

/** The first refusal of policy among some routes. */
export function denial(routes: readonly Route[]): Extract<Unresolved, { outcome: 'denied' }> | undefined {
  for (const { ineligible } of routes) {
    if (ineligible?.type === 'denied') return { outcome: 'denied', place: ineligible.place, name: ineligible.name };
  }
  return undefined;
}

/** What is soonest used again of routes that are damped. */
function suppression(routes: readonly Route[]): Unresolved | undefined {
  const times = routes.flatMap(({ ineligible }) => (ineligible?.type === 'damped' ? ineligible.untilMs : []));
  return times.length === 0 ? undefined : { outcome: 'damped', untilMs: Math.min(...times) };
}

function isMeant(route: Route, { target, nextHop, ownAsn }: Query): boolean {
  if (nextHop !== undefined) return baseUrl(route.attributes.nextHop) === nextHop;
  return target.qualifier === undefined || isOf(route, target.qualifier, ownAsn);
}

function isOf({ source, attributes }: Route, qualifier: Qualifier, ownAsn: Asn): boolean {
  if (qualifier.kind === 'server') return source.kind === 'stub' && source.id === qualifier.name;
  if (source.kind === 'stub') return source.asn === qualifier.asn || ownAsn === qualifier.asn;
  return (attributes.asPath.length === 0 ? ownAsn : originAs(attributes.asPath)) === qualifier.asn;
}

function exactMethod({ target, nextHop }: Query): ResolutionMethod {
  if (nextHop !== undefined) return 'explicit_url_override';
  return target.qualifier === undefined ? 'bgp_resolution' : 'explicit_qualification';
}

import { originAs } from '../bgp/packet/as-path.ts';
import type { Asn } from '../bgp/packet/asn.ts';
import { coversCapability } from '../bgp/policy/match.ts';
import { capabilityPath } from '../bgp/packet/nlri.ts';
import type { Route } from '../bgp/rib/route.ts';
import { baseUrl } from './base-url.ts';
import type { RoutingTable } from './ports.ts';
import type { Qualifier, Target } from './target.ts';

/** What a call asks of the routing table. */
export interface Query {
  readonly target: Target;
  readonly ownAsn: Asn;
  /** The only next hop that may be used, in the form of {@link baseUrl}. */
  readonly nextHop: string | undefined;
  readonly requiredCapabilities: readonly string[];
}

export type Resolution = Resolved | Unresolved;

/** The route to take, and those among which failover may look on. */
export interface Resolved {
  readonly outcome: 'resolved';
  readonly method: ResolutionMethod;
  readonly best: Route;
  readonly routes: readonly Route[];
}

export type ResolutionMethod =
  'explicit_url_override' | 'explicit_qualification' | 'bgp_resolution' | 'capability_match';

/** Why no route can be taken. */
export type Unresolved =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'incapable' }
  | { readonly outcome: 'denied'; readonly place: string; readonly name: string | undefined };

/** Looks a target up: as an agent id first, then, if it is a path, as a capability by longest match. */
export function resolve(table: RoutingTable, query: Query): Resolution {
  const { id } = query.target;
  const agent = table.destination(id);
  const exact: Resolution =
    agent === undefined ? { outcome: 'unknown' } : choose(table, query, agent.routes, agent.best, exactMethod(query));
  if (exact.outcome !== 'unknown' || !id.includes('/')) return exact;
  const path = capabilityPath(id);
  const capability = path === undefined ? undefined : table.longestMatch(path);
  if (capability === undefined) return exact;
  const routes = capability.routes.flatMap((route) =>
    route.source.kind === 'self' ? table.contributors(capability.nlri) : [route],
  );
  return choose(table, query, routes, undefined, 'capability_match');
}

function choose(
  table: RoutingTable,
  query: Query,
  routes: readonly Route[],
  preferred: Route | undefined,
  method: ResolutionMethod,
): Resolution {
  if (preferred !== undefined && isOpen(query)) return { outcome: 'resolved', method, best: preferred, routes };
  const reachable = routes.filter((route) => isMeant(route, query));
  const sound = reachable.filter((route) => route.ineligible === undefined);
  if (sound.length === 0) return denial(reachable) ?? { outcome: 'unknown' };
  const { requiredCapabilities } = query;
  const capable = sound.filter((route) =>
    requiredCapabilities.every((wanted) =>
      route.attributes.capabilities.some((path) => coversCapability(wanted, path)),
    ),
  );
  const best = preferred !== undefined && capable.includes(preferred) ? preferred : table.selectBest(capable);
  return best === undefined ? { outcome: 'incapable' } : { outcome: 'resolved', method, best, routes: capable };
}

/** Whether any route will do: then the decision that stands in the table is the answer. */
function isOpen({ target, nextHop, requiredCapabilities }: Query): boolean {
  return target.qualifier === undefined && nextHop === undefined && requiredCapabilities.length === 0;
}

/** The first refusal of policy among some routes. */
export function denial(routes: readonly Route[]): Extract<Unresolved, { outcome: 'denied' }> | undefined {
  for (const { ineligible } of routes) {
    if (ineligible?.type === 'denied') return { outcome: 'denied', place: ineligible.place, name: ineligible.name };
  }
  return undefined;
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

import { originAs } from '../../core/bgp/packet/as-path.ts';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { Contest } from '../../core/bgp/lookup.ts';
import { INFERRED } from '../../core/bgp/packet/community.ts';
import { capabilityPath, idOf, type Nlri } from '../../core/bgp/packet/nlri.ts';
import type { Route } from '../../core/bgp/rib/route.ts';
import { baseUrl } from './base-url.ts';
import { meets, type Constraints } from './constraints.ts';
import type { RoutingTable } from './ports.ts';
import type { Qualifier, Target } from './target.ts';

/** A lookup of a call in the routing table. */
export interface Query {
  readonly target: Target;
  readonly ownAsn: Asn;
  /** The only next hop that the call may use, in the form of {@link baseUrl}. */
  readonly nextHop: string | undefined;
  readonly requiredCapabilities: readonly string[];
  readonly constraints: Constraints;
}

export type Resolution =
  | {
      readonly outcome: 'resolved';
      readonly method: ResolutionMethod;
      /** The best route, then those for failover; never empty. */
      readonly routes: readonly Route[];
      /**
       * The reason why the first route is the best. It is present only for capabilities, which do not name an agent.
       */
      readonly match?: CapabilityMatch;
    }
  | Unresolved;

/** The match of a call that names only a capability. */
export interface CapabilityMatch extends Contest {
  /** The advertised capability with the longest match. */
  readonly capability: string;
}

export type ResolutionMethod =
  'explicit_url_override' | 'explicit_qualification' | 'bgp_resolution' | 'capability_match';

/** The reason why no route can be taken. */
export type Unresolved =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'incapable' }
  /** The routes flapped and are damped. */
  | { readonly outcome: 'damped'; readonly untilMs: number }
  | { readonly outcome: 'denied'; readonly place: string; readonly name: string | undefined };

/** One interpretation of a target's name. */
interface Reading {
  readonly nlri: Nlri;
  readonly method: ResolutionMethod;
  /** The requested capability path. */
  readonly path?: string;
  readonly means: (route: Route) => boolean;
}

/** Looks a target up in one reading of its name after the other, until one of them has a result. */
export function resolve(table: RoutingTable, query: Query): Resolution {
  for (const reading of readings(table, query)) {
    const found = lookUp(table, query, reading);
    if (found.outcome !== 'unknown') return found;
  }
  return { outcome: 'unknown' };
}

/**
 * Returns the readings of a name, in order. Our own agents and capabilities precede those of others. A peer's agent id
 * cannot take over a name that reads like a capability path or like a name at one of our servers.
 */
function readings(table: RoutingTable, query: Query): readonly Reading[] {
  const { id, qualifier, literal } = query.target;
  const method = exactMethod(query);
  const agent: Reading = { nlri: id, method, means: (route) => isMeant(route, query) };
  if (qualifier === undefined) {
    const capability = capabilityReading(table, agent);
    if (capability === undefined) return [agent];
    const isFirst = !isOwn(table, id) && isDeclared(table, capability);
    return isFirst ? [capability, agent] : [agent, capability];
  }
  const qualified = [agent, capabilityReading(table, agent) ?? []].flat();
  if (literal === undefined || !isOwn(table, literal)) return qualified;
  const means = (route: Route): boolean => isOwnRoute(route) && suitsNextHop(route, query);
  return [...qualified, { nlri: literal, method, means }];
}

function capabilityReading(table: RoutingTable, { nlri, means }: Reading): Required<Reading> | undefined {
  const path = capabilityPath(nlri);
  const found = path === undefined ? undefined : table.longestMatch(path);
  if (path === undefined || found === undefined) return undefined;
  return { nlri: found.nlri, method: 'capability_match', path, means };
}

/**
 * Returns true if a name can mean a capability first: our own agents declare it, or it is a path that some agent
 * declares.
 */
function isDeclared(table: RoutingTable, { nlri, path }: Required<Reading>): boolean {
  if (table.originates(idOf(nlri))) return true;
  return path.includes('/') && table.destination(nlri)?.best?.attributes.communities.includes(INFERRED) === false;
}

function isOwn(table: RoutingTable, id: string): boolean {
  return table.destination(id)?.routes.some(isOwnRoute) === true;
}

function isOwnRoute({ source }: Route): boolean {
  return source.kind === 'stub';
}

function lookUp(table: RoutingTable, query: Query, { nlri, method, path, means }: Reading): Resolution {
  const { requiredCapabilities: required, constraints } = query;
  const meant = { required, only: means, ...(path !== undefined && { path }) };
  const wanted = { ...meant, only: (route: Route): boolean => means(route) && meets(route, constraints) };
  const routes = table.callRoutes(nlri, wanted);
  const [first] = routes;
  if (first !== undefined && path === undefined) return { outcome: 'resolved', method, routes };
  if (first !== undefined) {
    const contest = table.contest(nlri, wanted, first);
    return { outcome: 'resolved', method, routes, match: { capability: idOf(nlri), ...contest } };
  }
  const known = table.destination(nlri)?.routes.filter(means) ?? [];
  const denial = known.length === 0 ? undefined : table.denial(nlri, meant);
  if (denial !== undefined) return { outcome: 'denied', place: denial.place, name: denial.name };
  if (known.some(({ ineligible }) => ineligible === undefined)) return { outcome: 'incapable' };
  return suppression(known) ?? { outcome: 'unknown' };
}

/** Returns the damped outcome with the earliest reuse time; undefined if no route is damped. */
function suppression(routes: readonly Route[]): Unresolved | undefined {
  const times = routes.flatMap(({ ineligible }) => (ineligible?.type === 'damped' ? ineligible.untilMs : []));
  return times.length === 0 ? undefined : { outcome: 'damped', untilMs: Math.min(...times) };
}

function isMeant(route: Route, { target, nextHop, ownAsn }: Query): boolean {
  if (nextHop !== undefined) return suitsNextHop(route, { nextHop });
  return target.qualifier === undefined || isOf(route, target.qualifier, ownAsn);
}

function suitsNextHop({ attributes }: Route, { nextHop }: Pick<Query, 'nextHop'>): boolean {
  return nextHop === undefined || baseUrl(attributes.nextHop) === nextHop;
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

import { failoverOrder, multipath, sameService } from './decision/multipath.ts';
import { losses, selectBest } from './decision/select.ts';
import { agentsBehind, closestBehind, everyAgentBehind } from './update/agents-behind.ts';
import { exportVerdict, mayCarry, objectionBehind, recipientNamed, type Recipient } from './update/export.ts';
import { importVerdict } from './update/import.ts';
import { isAmong, type Crossed } from './packet/crossed.ts';
import { capabilityNlri, familyOf, idOf, type Nlri } from './packet/nlri.ts';
import type { Denial } from './policy/denial.ts';
import { coversCapability } from './policy/match.ts';
import type { PolicyVerdict } from './policy/policy.ts';
import type { Loss } from './rib/destination.ts';
import type { Entry } from './rib/loc-rib.ts';
import type { PeerId, Route } from './rib/route.ts';
import type { Speaker } from './state/state.ts';

/** The limits that a call sets on its routes. */
export interface Asking {
  /** The peer, or the caller without a session, that asks us to carry the call, or undefined when it begins here. */
  readonly from: PeerId | undefined;
  readonly crossed: readonly Crossed[];
  /** Capabilities that the agent must have. */
  readonly required: readonly string[];
  /** The capability path that is asked for, where the NLRI is a shorter one that covers it. */
  readonly path?: string;
  /** True for the routes that the caller means, where it names a server, an AS or a next hop; any if absent. */
  readonly only?: (route: Route) => boolean;
}

/**
 * Returns the capability path that the next hop of a route is asked for, which is the one that it has announced. Asked for a longer
 * path, its router could follow a closer capability that it has announced to others only. An aggregate does not name its parts, so
 * its router is asked for the whole path.
 */
export function askedPath({ nlri, attributes }: Route, path: string | undefined): string {
  return attributes.aggregate === true ? (path ?? idOf(nlri)) : idOf(nlri);
}

/** True if a call has been here before and must be refused. */
export function hasCrossed(speaker: Speaker, crossed: readonly Crossed[]): boolean {
  return isAmong(crossed, speaker.settings);
}

/**
 * Returns the routes that a call to an NLRI may take, in the order in which it may try them; empty when there is none. The limits
 * of the call are applied before the decision process, so that it may find another route than the Loc-RIB holds. The NLRI
 * of each route is what to ask its next hop for. A call of a capability is a call of an agent: where policy could treat the
 * agents behind it differently, these are agents that it accepts. A peer's call stays with the service of the best route,
 * because that is what the peer was told of.
 */
export function callRoutes(speaker: Speaker, nlri: Nlri, asking: Asking): readonly Route[] {
  const asker = askerOf(speaker, nlri, asking);
  const entry = speaker.locRib.get(nlri);
  if (entry === undefined || (asking.from !== undefined && asker === undefined)) return [];
  const ways = new Map<Route, readonly Route[]>();
  for (const route of asker === undefined ? entry.routes : sameServiceAsTold(speaker, entry, asker)) {
    const behind = waysBehind(speaker, route, asking, asker);
    if (behind.length > 0) ways.set(route, behind);
  }
  return ranked(speaker, [...ways.keys()], asking, asker, entry.best).flatMap((route) => ways.get(route) ?? []);
}

/** Returns the routes of the service that the asker was told of; all if it was not told of the best route. */
function sameServiceAsTold(speaker: Speaker, { routes, best }: Entry, asker: Recipient): readonly Route[] {
  if (best === undefined) return [];
  if (!mayCarry(speaker, asker, best)) return routes;
  return routes.filter((route) => route === best || sameService(route, best, speaker.rules));
}

/**
 * Returns what policy says against every route that a call to an NLRI could mean, or undefined if it is not policy that
 * leaves the call without a route (RFC 4271 §9.1.1).
 */
export function denial(speaker: Speaker, nlri: Nlri, asking: Asking): Denial | undefined {
  const asker = askerOf(speaker, nlri, asking);
  for (const route of speaker.locRib.get(nlri)?.routes ?? []) {
    if (asking.only?.(route) === false) continue;
    const denied =
      denialOf(route) ?? denialBelow(speaker, route, asking, asker) ?? denialBehind(speaker, route, asking, asker);
    if (denied !== undefined) return denied;
  }
  return undefined;
}

function denialOf({ ineligible }: Route): Denial | undefined {
  if (ineligible?.type !== 'denied') return undefined;
  return { place: ineligible.place, name: ineligible.name };
}

/**
 * Returns what is against the agents behind a peer's route that can do what is required: the first that is denied or beyond a
 * limit of the peer or, if none can be called, one that was not told.
 */
function denialBehind(
  speaker: Speaker,
  route: Route,
  asking: Asking,
  asker: Recipient | undefined,
): Denial | undefined {
  if (route.ineligible !== undefined || familyOf(route.nlri) === 'agent') return undefined;
  const { required } = asking;
  const agents = agentsBehind(speaker, route, askedPath(route, asking.path));
  const able = agents.filter((agent) => hasCapabilities(agent, required));
  const denied = able.map((agent) => denialOf(agent) ?? limitOf(agent)).find((one) => one !== undefined);
  const isElsewhere = able.length < agents.length || agents.some(({ ineligible }) => ineligible === undefined);
  if (denied !== undefined || isElsewhere) return denied;
  return objectionBehind(speaker, asker, route);
}

/** Returns the limit that a peer's agent is beyond, as the place that denies it. */
function limitOf({ ineligible }: Route): Denial | undefined {
  return ineligible?.type === 'not-allowed' ? { place: ineligible.limit, name: undefined } : undefined;
}

function askerOf(speaker: Speaker, nlri: Nlri, { from }: Asking): Recipient | undefined {
  return from === undefined ? undefined : recipientNamed(speaker, from, familyOf(nlri));
}

/**
 * Returns the routes that a call takes when it takes this one: the route itself, or the agents behind it. A peer's router chooses
 * the agent itself where nothing here could be against any of its choices.
 */
function waysBehind(speaker: Speaker, route: Route, asking: Asking, asker: Recipient | undefined): readonly Route[] {
  if (familyOf(route.nlri) === 'agent') return [route];
  if (!isOpen(speaker, route, asking, asker)) return [];
  if (route.source.kind === 'self') return ranked(speaker, contributors(speaker, route.nlri), asking, asker);
  const path = askedPath(route, asking.path);
  const isAnyFree =
    objectionBehind(speaker, asker, route) === undefined &&
    everyAgentBehind(speaker, route, path, (agent) => isFree(speaker, agent, asker));
  return isAnyFree ? [route] : ranked(speaker, agentsBehind(speaker, route, path), asking, asker);
}

/**
 * True if a peer's router may choose an agent for a call. One whose name is malformed here can be chosen for our own user,
 * because policy would accept it under any name; a call of others goes only to what they can be told of.
 */
function isFree(speaker: Speaker, agent: Route, asker: Recipient | undefined): boolean {
  if (asker !== undefined) return agent.ineligible === undefined && mayCarry(speaker, asker, agent);
  return agent.ineligible === undefined || agent.ineligible.type === 'reserved-name';
}

/**
 * Returns those of a call's routes, as {@link callRoutes} gives them, that may be taken as well as the first: the members among
 * which it is balanced, and their kin, which only their health keeps from being members (RFC 4271 §9.1.2.2).
 */
export function equalRoutes(
  speaker: Speaker,
  routes: readonly Route[],
): { readonly members: readonly Route[]; readonly kin: readonly Route[] } {
  const [best] = routes;
  if (best === undefined) return { members: [], kin: [] };
  const { rules } = speaker;
  const anyHealth = { ...rules, maxPaths: Infinity, medTolerance: Infinity };
  return { members: multipath(routes, best, rules), kin: multipath(routes, best, anyHealth) };
}

/**
 * Returns what denies a call the route of a peer, although it lets the route pass: the peer takes the call to what covers the
 * capability most closely, and policy or a limit of the peer is against that (RFC 4271 §9.1.1). What no statement names passed
 * with the route.
 */
function denialBelow(
  speaker: Speaker,
  route: Route,
  { path }: Asking,
  asker: Recipient | undefined,
): Denial | undefined {
  const { nlri, source, received, attributes } = route;
  const peer = source.kind === 'peer' ? speaker.peers.get(source.id) : undefined;
  if (path === undefined || peer === undefined || idOf(nlri) === path || familyOf(nlri) !== 'capability')
    return undefined;
  const below = capabilityNlri(path);
  return (
    closedTo(closestBehind(speaker, route, path)) ??
    rejection(importVerdict(speaker, peer, below, received)) ??
    (asker && rejection(exportVerdict(speaker, asker, below, attributes)))
  );
}

function closedTo(closest: Route): Denial | undefined {
  const { ineligible } = closest;
  if (ineligible?.type === 'not-allowed') return { place: ineligible.limit, name: undefined };
  return denialOf(closest);
}

function rejection(verdict: PolicyVerdict): Denial | undefined {
  return verdict.accepted || verdict.by === 'default' ? undefined : verdict;
}

/** The contest that the first route of a call won among all that the call could take, those of other services included. */
export interface Contest {
  readonly candidates: number;
  /** The step that the last of the others lost at (RFC 4271 §9.1.2.2); their names where no step tells them apart. */
  readonly decidedBy: Loss['reason'] | 'only-candidate' | 'name';
}

/** Returns the reason why {@link callRoutes} puts this route first (RFC 4271 §9.1.2.2). */
export function contest(speaker: Speaker, nlri: Nlri, asking: Asking, first: Route): Contest {
  const routes = speaker.locRib.get(nlri)?.routes ?? [];
  const asker = askerOf(speaker, nlri, asking);
  const open = routes.flatMap((route) => {
    const ways = waysBehind(speaker, route, asking, asker).filter((way) => isOpen(speaker, way, asking, asker));
    return route.source.kind === 'self' || ways.length === 0 ? ways : [route];
  });
  const fallen = losses(open, speaker.rules);
  const last = open.length - fallen.length > 1 ? 'name' : (fallen.at(-1)?.reason ?? 'only-candidate');
  const isHeld = fallen.some(({ route }) => route === first);
  return { candidates: open.length, decidedBy: isHeld ? 'held-down' : last };
}

/** Returns the local agents that stand behind a capability route of this router, by name, which decides between equal ones. */
function contributors(speaker: Speaker, nlri: Nlri): readonly Route[] {
  return [...(speaker.claims.get(nlri) ?? [])].sort((a, b) => (a.nlri < b.nlri ? -1 : 1));
}

/** Returns the open routes in order; the route of the Loc-RIB stays the first if it is open, also while it is held in a dispute. */
function ranked(
  speaker: Speaker,
  routes: readonly Route[],
  asking: Asking,
  asker: Recipient | undefined,
  held?: Route,
): readonly Route[] {
  const open = routes.filter((route) => isOpen(speaker, route, asking, asker));
  if (open.length < 2) return open;
  const best = held !== undefined && open.includes(held) ? held : selectBest(open, speaker.rules);
  return best === undefined ? [] : failoverOrder(open, best, speaker.rules);
}

function isOpen(speaker: Speaker, route: Route, asking: Asking, asker: Recipient | undefined): boolean {
  if (route.ineligible !== undefined || denialBelow(speaker, route, asking, asker) !== undefined) return false;
  const { crossed, required, only } = asking;
  if (route.source.kind !== 'self' && !(hasCapabilities(route, required) && only?.(route) !== false)) return false;
  return avoids(route, crossed) && (asker === undefined || mayCarry(speaker, asker, route));
}

/** True if a route leads to none of the routers that a call has crossed, as far as it tells (RFC 4271 §9.1.2). */
export function avoids({ source, attributes }: Route, crossed: readonly Crossed[]): boolean {
  if (source.kind !== 'peer') return true;
  if (isAmong(crossed, source)) return false;
  const sets = attributes.asPath.flatMap((hop) => (typeof hop === 'number' ? [] : hop));
  return !crossed.some(({ asn }) => sets.includes(asn));
}

/**
 * True if a route has what is required. One to a capability leads to an agent that has it, whatever its attributes say. Only the
 * router that made an aggregate knows what lies below it (RFC 4271 §9.2.2.2).
 */
function hasCapabilities({ nlri, attributes }: Route, required: readonly string[]): boolean {
  const own = familyOf(nlri) === 'capability' ? [idOf(nlri)] : [];
  const present = [...own, ...attributes.capabilities];
  const mayHave = (wanted: string): boolean =>
    attributes.aggregate === true && own.some((path) => coversCapability(path, wanted));
  return required.every((wanted) => mayHave(wanted) || present.some((path) => coversCapability(wanted, path)));
}

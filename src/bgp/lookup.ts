import { failoverOrder, multipath } from './decision/multipath.ts';
import { losses, selectBest } from './decision/select.ts';
import { exportVerdict, mayCarry, recipientNamed, type Recipient } from './export.ts';
import { importVerdict } from './import.ts';
import { isAmong, type Crossed } from './packet/crossed.ts';
import { capabilityNlri, familyOf, idOf, type Nlri } from './packet/nlri.ts';
import { isDefault, type Rejection } from './policy/evaluate.ts';
import { coversCapability } from './policy/match.ts';
import type { PolicyVerdict } from './policy/policy.ts';
import type { Loss } from './rib/destination.ts';
import type { PeerId, Route } from './rib/route.ts';
import type { Speaker } from './state.ts';

/** What a call brings along that limits where it may go. */
export interface Asking {
  /** The peer, or the caller without a session, that asks us to carry the call, or undefined when it begins here. */
  readonly from: PeerId | undefined;
  readonly crossed: readonly Crossed[];
  /** Capabilities that the agent must have. */
  readonly required: readonly string[];
  /** Which routes the caller means, where it names a server, an AS or a next hop; any if absent. */
  readonly only?: (route: Route) => boolean;
}

/** Whether a call has been here before and must be refused. */
export function hasCrossed(speaker: Speaker, crossed: readonly Crossed[]): boolean {
  return isAmong(crossed, speaker.settings);
}

/**
 * The routes that a call to an NLRI may take, in the order in which it may try them; empty when there is none. The limits
 * of the call are applied before the decision process, so that it may find another route than the Loc-RIB holds. The NLRI
 * of each route is what to ask its next hop for: an agent of ours where the target is a capability that we originate.
 */
export function callRoutes(speaker: Speaker, nlri: Nlri, asking: Asking): readonly Route[] {
  const asker = asking.from === undefined ? undefined : recipientNamed(speaker, asking.from, familyOf(nlri));
  if (asking.from !== undefined && asker === undefined) return [];
  const entry = speaker.locRib.get(nlri);
  const open = ranked(speaker, entry?.routes ?? [], asking, asker, entry?.best);
  return open.flatMap((route) => {
    if (route.source.kind !== 'self') return [route];
    return ranked(speaker, contributors(speaker, nlri), asking, asker);
  });
}

/**
 * Which of a call's routes, as {@link callRoutes} gives them, may be taken as well as the first: the members among which it is
 * balanced, and their kin, which only their health keeps from being members (RFC 4271 §9.1.2.2).
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
 * The statement that denies a call the route of a peer, although it lets the route pass: the peer takes the call to what
 * covers the capability most closely, and policy is against that (RFC 4271 §9.1.1). What no statement names passed with
 * the route.
 */
export function denialBelow(
  speaker: Speaker,
  { nlri, source, received, attributes }: Route,
  wanted: string,
  from: PeerId | undefined,
): Rejection | undefined {
  const below = capabilityNlri(wanted);
  const peer = source.kind === 'peer' ? speaker.peers.get(source.id) : undefined;
  if (peer === undefined || familyOf(nlri) !== 'capability' || nlri === below) return undefined;
  const asker = from === undefined ? undefined : recipientNamed(speaker, from, 'capability');
  return (
    rejection(importVerdict(speaker, peer, below, received)) ??
    (asker && rejection(exportVerdict(speaker, asker, below, attributes)))
  );
}

function rejection(verdict: PolicyVerdict): Rejection | undefined {
  return verdict.accepted || isDefault(verdict) ? undefined : verdict;
}

/** How the route that a call takes first was found among all that it could take, those of other services included. */
export interface Contest {
  readonly candidates: number;
  /** The step that the last of the others lost at (RFC 4271 §9.1.2.2); their names where no step tells them apart. */
  readonly decidedBy: Loss['reason'] | 'only-candidate' | 'name';
}

/** Why {@link callRoutes} puts this route first (RFC 4271 §9.1.2.2). */
export function contest(speaker: Speaker, nlri: Nlri, asking: Asking, first: Route): Contest {
  const routes = speaker.locRib.get(nlri)?.routes ?? [];
  const all = routes.flatMap((route) => (route.source.kind === 'self' ? contributors(speaker, nlri) : [route]));
  const open = all.filter((route) => isOpen(speaker, route, asking, undefined));
  const fallen = losses(open, speaker.rules);
  const last = open.length - fallen.length > 1 ? 'name' : (fallen.at(-1)?.reason ?? 'only-candidate');
  const isHeld = fallen.some(({ route }) => route === first);
  return { candidates: open.length, decidedBy: isHeld ? 'held-down' : last };
}

/** The local agents that stand behind a capability route of this router, by name, which decides between equal ones. */
function contributors(speaker: Speaker, nlri: Nlri): readonly Route[] {
  return [...(speaker.claims.get(nlri) ?? [])].sort((a, b) => (a.nlri < b.nlri ? -1 : 1));
}

/** The open routes in order; the route of the Loc-RIB stays the first if it is open, also while it is held in a dispute. */
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

function isOpen(
  speaker: Speaker,
  route: Route,
  { crossed, required, only }: Asking,
  asker: Recipient | undefined,
): boolean {
  if (route.ineligible !== undefined) return false;
  if (route.source.kind !== 'self' && !(hasCapabilities(route, required) && only?.(route) !== false)) return false;
  return avoids(route, crossed) && (asker === undefined || mayCarry(speaker, asker, route));
}

/** Whether a route leads to none of the routers that a call has crossed, as far as it tells (RFC 4271 §9.1.2). */
export function avoids({ source, attributes }: Route, crossed: readonly Crossed[]): boolean {
  if (source.kind !== 'peer') return true;
  if (isAmong(crossed, source)) return false;
  const sets = attributes.asPath.flatMap((hop) => (typeof hop === 'number' ? [] : hop));
  return !crossed.some(({ asn }) => sets.includes(asn));
}

/**
 * A route to a capability leads to an agent that has it, whatever else its attributes say. Whether an aggregate has what
 * lies below it is for the router to say that made it (RFC 4271 §9.2.2.2).
 */
function hasCapabilities({ nlri, attributes }: Route, required: readonly string[]): boolean {
  const own = familyOf(nlri) === 'capability' ? [idOf(nlri)] : [];
  const present = [...own, ...attributes.capabilities];
  const mayHave = (wanted: string): boolean =>
    attributes.aggregate === true && own.some((path) => coversCapability(path, wanted));
  return required.every((wanted) => mayHave(wanted) || present.some((path) => coversCapability(wanted, path)));
}

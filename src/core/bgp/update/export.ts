import { pathContains, prepend } from '../packet/as-path.ts';
import { DEFAULT_LOCAL_PREF, type PathAttributes } from '../packet/attributes.ts';
import { NO_ADVERTISE, NO_EXPORT, withoutReserved } from '../packet/community.ts';
import { familyOf, idOf, isNlri, readsAsQualified, type Family, type Nlri } from '../packet/nlri.ts';
import { isOversized } from '../packet/oversized.ts';
import type { Denial } from '../policy/denial.ts';
import { evaluate } from '../policy/evaluate.ts';
import type { Chain, PolicyVerdict } from '../policy/policy.ts';
import { objectionToUnseen } from '../policy/unseen-agent.ts';
import { mayReflect, reflected, unreflected } from '../reflection/reflection.ts';
import type { PeerSettings } from '../state/peer-settings.ts';
import type { PeerId, PeerSource, Route } from '../rib/route.ts';
import { agentsBehind, agentsSummedUp, everyAgentBehind, MAX_AGENTS_BEHIND } from './agents-behind.ts';
import { importObjection } from './import.ts';
import { bestAgent } from '../decision/best-agent.ts';
import { aggregated, aggregateParts, aggregatesAbove } from './aggregate.ts';
import type { Peer, Speaker } from '../state/state.ts';

/** A router that may be told of routes, and call by them (RFC 4271 §9.1.3). */
export interface Recipient {
  readonly settings: Pick<PeerSettings, 'id' | 'asn' | 'client' | 'policy' | 'nextHop'>;
  readonly source: Pick<PeerSource, 'external' | 'routerId'>;
}

/** Returns the peer of that name, or a caller without a session, which counts as an external peer (RFC 4271 §9.1.3). */
export function recipientNamed(speaker: Speaker, id: PeerId, family: Family): Recipient | undefined {
  const peer = speaker.peers.get(id);
  if (peer !== undefined) return peer.session?.negotiated.families.includes(family) === true ? peer : undefined;
  const caller = speaker.settings.callers?.find((known) => known.id === id);
  if (caller === undefined) return undefined;
  const settings = { ...caller, client: false, policy: undefined, nextHop: 'self' } as const;
  return { settings, source: { external: true, routerId: '0.0.0.0' } };
}

/**
 * Returns the attributes that a peer is told of a route, or undefined when it may not be told: families, aggregates that stand
 * for it, split horizon, communities, reflection and export policy (RFC 4271 §9.1.3), and the size of a message (RFC 4271
 * §9.2).
 */
export function exported(speaker: Speaker, peer: Peer, route: Route): PathAttributes | undefined {
  if (peer.session?.negotiated.families.includes(familyOf(route.nlri)) !== true) return undefined;
  if (isRefused(peer, route) || isSuppressed(speaker, peer, route.nlri)) return undefined;
  const attributes = advertisable(speaker, peer, route);
  return attributes && speaker.interner.intern(attributes);
}

/** Returns the export policy towards a peer: its own, or the speaker's. */
export function exportChain(speaker: Speaker, peer: Recipient): Chain {
  return (peer.settings.policy ?? speaker.policy).export;
}

/**
 * True if a call that a peer asks us to carry may take a route: the rules for telling the peer of it hold for the call,
 * but for aggregates, which stand for routes that calls then take (RFC 4271 §9.1.3, §9.2).
 */
export function mayCarry(speaker: Speaker, peer: Recipient, route: Route): boolean {
  return advertisable(speaker, peer, route) !== undefined;
}

/** Returns the verdict of export policy alone on a route to an NLRI (RFC 4271 §9.1.3). */
export function exportVerdict(
  speaker: Speaker,
  peer: Recipient,
  nlri: Nlri,
  attributes: PathAttributes,
): PolicyVerdict {
  const { asn, id: name } = peer.settings;
  const context = { nlri, neighbor: { asn, name }, prependAsn: speaker.settings.asn };
  return evaluate(exportChain(speaker, peer), attributes, context);
}

/** Returns the attributes that a peer may be told of a route, aggregates aside; undefined for none (RFC 4271 §9.1.3, §9.2). */
export function advertisable(speaker: Speaker, peer: Recipient, known: Route): PathAttributes | undefined {
  const route = asKnownTo(speaker, peer, known);
  if (route === undefined || !mayAdvertise(speaker, peer, route)) return undefined;
  const verdict = exportVerdict(speaker, peer, route.nlri, route.attributes);
  if (!verdict.accepted) return undefined;
  const attributes = outgoing(speaker, peer, route, verdict.attributes);
  return isOversized(attributes) ? undefined : attributes;
}

/**
 * Returns a route as a recipient may know it: one to a capability is made of agents that the recipient may be told of, and
 * has the attributes of the best of these; undefined if there are none (RFC 4271 §9.1.3, §9.2.2.2).
 */
function asKnownTo(speaker: Speaker, recipient: Recipient, route: Route): Route | undefined {
  if (familyOf(route.nlri) === 'agent') return route;
  const { source, attributes, nlri } = route;
  if (source.kind === 'peer') return ofPeer(speaker, recipient, route);
  const agents = [...(speaker.claims.get(nlri) ?? [])].filter((agent) => mayKnow(speaker, recipient, agent));
  const best = bestAgent(agents, speaker.rules);
  if (attributes.aggregate !== true) return best && withAttributes(speaker, route, best.attributes);
  const all = aggregateParts(speaker, nlri);
  const parts = all.flatMap((part) => knownPart(speaker, recipient, part) ?? []);
  if (best !== undefined) parts.unshift(best);
  return parts.length === 0 ? undefined : withAttributes(speaker, route, aggregated(parts));
}

/**
 * Returns a peer's route as a recipient may know it. Policy must accept all agents that the peer has not described. Until the
 * peer has told of all changes, its route may have the attributes of an agent that is not among the others.
 */
function ofPeer(speaker: Speaker, recipient: Recipient, route: Route): Route | undefined {
  const isKnown = (agent: Route): boolean => agent.ineligible === undefined && mayKnow(speaker, recipient, agent);
  const isAggregate = route.received.aggregate === true;
  const agents = isAggregate ? agentsSummedUp(speaker, route) : agentsBehind(speaker, route);
  const isOpen = objectionBehind(speaker, recipient, route) === undefined;
  if (agents.length === 0) {
    return isOpen && everyAgentBehind(speaker, route, idOf(route.nlri), isKnown) ? route : undefined;
  }
  const known = agents.filter(isKnown);
  const isWhole = known.length === agents.length && agents.length < MAX_AGENTS_BEHIND;
  if (isWhole && (isOpen || known.some(({ received }) => received === route.received))) return route;
  const best = bestAgent(known, speaker.rules);
  if (best === undefined || !isAggregate) return best && withAttributes(speaker, route, best.attributes);
  const { nextHop, localPref } = route.attributes;
  return withAttributes(speaker, route, { ...aggregated(known), nextHop, localPref });
}

function knownPart(speaker: Speaker, recipient: Recipient, part: Route): Route | undefined {
  const known = asKnownTo(speaker, recipient, part);
  return known !== undefined && mayKnow(speaker, recipient, known) ? known : undefined;
}

function withAttributes({ interner }: Speaker, route: Route, made: PathAttributes): Route {
  const attributes = interner.intern(made);
  return attributes === route.attributes ? route : { ...route, attributes };
}

/** True if split horizon, communities and export policy let a recipient know of a route (RFC 1997 §2, RFC 4271 §9.1.3). */
function mayKnow(speaker: Speaker, recipient: Recipient, route: Route): boolean {
  const { nlri, attributes } = route;
  return mayAdvertise(speaker, recipient, route) && exportVerdict(speaker, recipient, nlri, attributes).accepted;
}

/**
 * Returns the place of policy that could reject an agent behind a peer's route to a capability of which that peer has told
 * nothing: import policy, limits of the peer, and export policy towards the recipient, if there is one (RFC 4271 §9.1.1,
 * §9.1.3). However long the path that is asked for, the capability of the route is all that is certain of the agent.
 */
export function objectionBehind(
  speaker: Speaker,
  recipient: Recipient | undefined,
  { nlri, source, received }: Route,
): Denial | undefined {
  const peer = source.kind === 'peer' ? speaker.peers.get(source.id) : undefined;
  if (peer === undefined) return undefined;
  const capability = idOf(nlri);
  const objection = importObjection(speaker, peer, capability, received);
  if (objection !== undefined || recipient === undefined) return objection;
  const { asn, id: name } = recipient.settings;
  const crosses = peer.source.external ? [peer.settings.asn] : [];
  return objectionToUnseen(exportChain(speaker, recipient), { capability, neighbor: { asn, name }, crosses });
}

/** True if an aggregate of ours is told in place of a route that lies below it (RFC 4271 §9.2.2.2). */
function isSuppressed(speaker: Speaker, peer: Peer, nlri: Nlri): boolean {
  if (speaker.settings.aggregates.length === 0) return false;
  return aggregatesAbove(speaker, nlri).some(({ nlri: above, summaryOnly }) => {
    const best = summaryOnly ? speaker.locRib.get(above)?.best : undefined;
    return best?.source.kind === 'self' && best.attributes.aggregate === true && !isRefused(peer, best);
  });
}

/**
 * True if a peer would reject an aggregate of ours as a loop, having told us of a part or passed it on: it can only be told
 * of the parts (RFC 4271 §9.1.2).
 */
function isRefused({ settings: { asn }, source: { external } }: Peer, { source, attributes }: Route): boolean {
  return source.kind === 'self' && attributes.aggregate === true && external && pathContains(attributes.asPath, asn);
}

/** True if its name, split horizon, communities and reflection allow it (RFC 4271 §9.1.3, RFC 1997 §2, RFC 4456 §6). */
function mayAdvertise(speaker: Speaker, peer: Recipient, route: Route): boolean {
  if (!isOpenTo(peer, route.attributes)) return false;
  if (route.source.kind === 'peer') return mayPassOn(speaker, peer, route.source, route.attributes);
  return isTellable(route);
}

/** True if peers take the name of a route of our own: ids on our servers may be what they have to refuse. */
export function isTellable({ nlri, source }: Route): boolean {
  return source.kind === 'peer' || (isNlri(nlri) && !readsAsQualified(idOf(nlri)));
}

function isOpenTo({ source: { external } }: Recipient, { communities }: PathAttributes): boolean {
  return !communities.includes(NO_ADVERTISE) && !(external && communities.includes(NO_EXPORT));
}

/** True if a route that one peer sent may go to another one. */
function mayPassOn(speaker: Speaker, peer: Recipient, source: PeerSource, attributes: PathAttributes): boolean {
  if (source.id === peer.settings.id) return false;
  if (peer.source.external) return !pathContains(attributes.asPath, peer.settings.asn);
  if (source.external) return true;
  const fromClient = speaker.peers.get(source.id)?.settings.client === true;
  return mayReflect(fromClient, peer.settings.client) && attributes.originatorId !== peer.source.routerId;
}

function outgoing(speaker: Speaker, peer: Recipient, route: Route, decided: PathAttributes): PathAttributes {
  const attributes = withoutLocalHops(route, decided);
  const rest = unreflected(attributes);
  if (peer.source.external) {
    const communities = withoutReserved(attributes.communities, speaker.policy.reservedCommunities);
    const asPath = prepend(attributes.asPath, speaker.settings.asn);
    return { ...rest, asPath, communities, localPref: DEFAULT_LOCAL_PREF, nextHop: nextHopFor(peer, rest) };
  }
  const { source } = route;
  const reflects = source.kind === 'peer' && !source.external;
  const passed = reflects ? reflected(attributes, source, speaker.settings.clusterId) : rest;
  return { ...passed, nextHop: nextHopFor(peer, passed) };
}

/** Returns the next hop: this router, which the receiver reaches under the URL that it has configured for us (RFC 4271 §5.1.3). */
function nextHopFor(peer: Recipient, attributes: PathAttributes): string {
  return peer.settings.nextHop === 'unchanged' ? attributes.nextHop : '';
}

/**
 * Removes the ASNs of stubs, which never leave this router: the whole path as it was before export policy prepended to it.
 */
function withoutLocalHops(route: Route, decided: PathAttributes): PathAttributes {
  const isLocal = route.source.kind === 'stub' || (route.source.kind === 'self' && route.attributes.aggregate !== true);
  if (!isLocal) return decided;
  const prepended = decided.asPath.length - route.attributes.asPath.length;
  return { ...decided, asPath: decided.asPath.slice(0, prepended) };
}

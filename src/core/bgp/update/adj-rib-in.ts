import { countFlap } from './count-flap.ts';
import { judgeStubRoute, peerJudge, type Judgement } from './import.ts';
import { leave, purgeAll } from './leaving.ts';
import { samePath } from '../packet/as-path.ts';
import type { PathAttributes } from '../packet/attributes.ts';
import type { Proof } from '../packet/life.ts';
import type { Reach, Update } from '../packet/message.ts';
import { capabilityNlri, familyOf, type Family, type Nlri } from '../packet/nlri.ts';
import { MAX_BYTES_OF_ALL_PEERS } from '../rib/footprint.ts';
import { sameReason } from '../rib/ineligible-reason.ts';
import type { Route } from '../rib/route.ts';
import type { Peer, Speaker, StubTable } from '../state/state.ts';

const LIFE_ENDED = { type: 'life-ended' } as const;

/** Takes in an UPDATE: proofs first, then withdrawals, then announcements (RFC 4271 §9). */
export function receiveUpdate(speaker: Speaker, peer: Peer, update: Update, now: number): void {
  for (const proof of update.proofs) endLife(speaker, proof, now);
  for (const nlri of update.withdrawn) withdraw(speaker, peer, nlri, now);
  if (update.attributes !== undefined) announce(speaker, peer, update.attributes, update.reach, now);
  if (update.endOfRib !== undefined) dropStale(speaker, peer, update.endOfRib);
}

/**
 * Marks every copy of a life that has ended as dead. It deletes nothing: a dead copy can only not be chosen, until its own
 * peer withdraws or replaces it.
 */
export function endLife(speaker: Speaker, proof: Proof, now: number): void {
  if (!speaker.deadLives.add(proof, now)) return;
  for (const peer of speaker.peers.values()) {
    const route = peer.adjRibIn.get(proof.nlri);
    if (route?.life === proof.life) putRoute(speaker, peer, { ...route, ineligible: LIFE_ENDED });
  }
}

/** Takes away what a peer said of an NLRI, whatever its life (RFC 4271 §9.1). */
function removeRoute(speaker: Speaker, peer: Peer, nlri: Nlri): void {
  const route = peer.adjRibIn.get(nlri);
  if (route === undefined) return;
  peer.footprint.remove(route);
  forget(speaker, peer, nlri);
}

/** Takes away everything that a peer said (RFC 4271 §8.2.2). */
export function removeAllRoutes(speaker: Speaker, peer: Peer, now: number): void {
  if (peer.adjRibIn.size > 0) leave(speaker, peer, now);
  peer.hasStale = false;
}

/** Keeps a restarting peer's routes for the time being, behind all fresh ones (RFC 4724 §4.2). */
export function markStale(speaker: Speaker, peer: Peer): void {
  for (const route of [...peer.adjRibIn.values()]) putRoute(speaker, peer, { ...route, stale: true });
  peer.hasStale = peer.adjRibIn.size > 0;
}

/** Takes away what a restarted peer has not sent again (RFC 4724 §4.2). */
export function dropStale(speaker: Speaker, peer: Peer, family?: Family): void {
  if (!peer.hasStale) return;
  peer.hasStale = family !== undefined;
  for (const route of [...peer.adjRibIn.values()]) {
    if (route.stale && (family === undefined || familyOf(route.nlri) === family))
      removeRoute(speaker, peer, route.nlri);
  }
}

/** Judges anew what a peer said and did not take back, all of it or some: such as under a new policy (RFC 4271 §3.2). */
export function rejudgePeer(speaker: Speaker, peer: Peer, nlris: Iterable<Nlri> = peer.adjRibIn.keys()): void {
  const judge = peerJudge(speaker, peer);
  for (const nlri of [...nlris]) {
    const route = peer.adjRibIn.get(nlri);
    if (route === undefined || route.ineligible?.type === 'life-ended') continue;
    const judgement = judge(route.nlri, route.received);
    if (differs(route, judgement)) putRoute(speaker, peer, { ...route, ...judgement });
  }
}

/** Judges a stub's agents anew, all of them or some: such as under a new policy (RFC 4271 §3.2). */
export function rejudgeStub(
  speaker: Speaker,
  table: StubTable,
  replace: (speaker: Speaker, table: StubTable, route: Route) => void,
  nlris: Iterable<Nlri> = table.adjRibIn.keys(),
): void {
  for (const nlri of [...nlris]) {
    const route = table.adjRibIn.get(nlri);
    if (route === undefined) continue;
    const judgement = judgeStubRoute(speaker, table, nlri, route.received);
    if (differs(route, judgement)) replace(speaker, table, { ...route, ...judgement });
  }
}

function differs(route: Route, judgement: Judgement): boolean {
  return (
    route.attributes !== judgement.attributes ||
    route.weight !== judgement.weight ||
    !sameReason(route.ineligible, judgement.ineligible)
  );
}

function withdraw(speaker: Speaker, peer: Peer, nlri: Nlri, now: number): void {
  if (peer.adjRibIn.has(nlri)) countFlap(speaker, peer, nlri, 'withdrawn', now);
  removeRoute(speaker, peer, nlri);
}

function announce(
  speaker: Speaker,
  peer: Peer,
  attributes: PathAttributes,
  reach: readonly Reach[],
  now: number,
): void {
  const received = speaker.interner.intern(attributes);
  const families = peer.session?.negotiated.families;
  const judge = peerJudge(speaker, peer);
  const { source } = peer;
  for (const { nlri, life, label } of reach) {
    // A family that was not agreed on is ignored (RFC 4760 §7).
    if (families?.includes(familyOf(nlri)) !== true || !hasRoom(speaker, peer, nlri)) continue;
    countReplaced(speaker, peer, peer.adjRibIn.get(nlri), received, now);
    const { attributes: judged, weight, ineligible: fault } = judge(nlri, received);
    const ineligible = speaker.deadLives.has(life) ? LIFE_ENDED : fault;
    takeRoute(speaker, peer, {
      nlri,
      source,
      received,
      attributes: judged,
      weight,
      life,
      label,
      stale: false,
      ineligible,
    });
  }
}

/**
 * Counts a flap where a route takes the place of another that came by another path, or that had ended (RFC 2439 §4.8.4).
 * A change of the rest is none (deviation): MED is health here, and may change every ten seconds.
 */
function countReplaced(
  speaker: Speaker,
  peer: Peer,
  earlier: Route | undefined,
  received: PathAttributes,
  now: number,
): void {
  if (peer.flaps === undefined || earlier === undefined) return;
  const { nlri, ineligible } = earlier;
  if (ineligible?.type === 'life-ended') countFlap(speaker, peer, nlri, 'withdrawn', now);
  else if (!samePath(earlier.received.asPath, received.asPath)) countFlap(speaker, peer, nlri, 'path-changed', now);
}

/**
 * True if a peer may have one more NLRI. One that exceeds the limit is left out, where the RFC closes the session
 * (RFC 4271 §6.7, deviation): one agent too many should not cost a partner all others.
 */
function hasRoom(speaker: Speaker, peer: Peer, nlri: Nlri): boolean {
  const { id, maxRoutes } = peer.settings;
  if (peer.adjRibIn.has(nlri) || peer.adjRibIn.size < maxRoutes) return true;
  // What a restarted peer has not sent again makes room for what it sends.
  dropStale(speaker, peer);
  if (peer.adjRibIn.size < maxRoutes) return true;
  if (!peer.overLimit) speaker.turn.effects.push({ type: 'MaxRoutesReached', peer: id, maxRoutes });
  peer.overLimit = true;
  return false;
}

/**
 * Takes in a route if it fits into what a peer may make us hold. One that does not fit still takes the place of the earlier
 * one, which the peer has taken back with it (RFC 4271 §3.1, implicit withdraw).
 */
function takeRoute(speaker: Speaker, peer: Peer, route: Route): void {
  if (putIfItFits(speaker, peer, route)) return;
  purgeAll(speaker);
  dropStale(speaker, peer);
  if (putIfItFits(speaker, peer, route)) return;
  const { id, maxBytes } = peer.settings;
  if (!peer.overBytes) speaker.turn.effects.push({ type: 'MaxBytesReached', peer: id, maxBytes });
  peer.overBytes = true;
}

/** Puts a route into the tables if it fits; false if not. A route that takes no more memory than the earlier one always fits. */
function putIfItFits(speaker: Speaker, peer: Peer, route: Route): boolean {
  const { footprint, adjRibIn, settings } = peer;
  const before = footprint.bytes;
  footprint.replace(adjRibIn.get(route.nlri), route);
  const { maxBytesOfAllPeers = MAX_BYTES_OF_ALL_PEERS } = speaker.settings;
  const isOver = footprint.bytes > settings.maxBytes || speaker.peerBytes.ofAll > maxBytesOfAllPeers;
  if (isOver && footprint.bytes > before) {
    footprint.remove(route);
    forget(speaker, peer, route.nlri);
    return false;
  }
  place(speaker, peer, route);
  return true;
}

function putRoute(speaker: Speaker, peer: Peer, route: Route): void {
  peer.footprint.replace(peer.adjRibIn.get(route.nlri), route);
  place(speaker, peer, route);
}

function place(speaker: Speaker, peer: Peer, route: Route): void {
  index(speaker, peer, peer.adjRibIn.get(route.nlri), route);
  peer.adjRibIn.set(route.nlri, route);
  speaker.locRib.put(route);
  speaker.turn.dirty.add(route.nlri);
}

/** Brings the agents by capability up to date; what peers may know of these capabilities is composed anew. */
function index(speaker: Speaker, peer: Peer, before: Route | undefined, after: Route | undefined): void {
  const named = before ?? after;
  if (named === undefined || familyOf(named.nlri) !== 'agent') return;
  recompose(speaker, before);
  recompose(speaker, after);
  if (before?.received === after?.received) return;
  if (before !== undefined) peer.capabilities.remove(before);
  if (after !== undefined) peer.capabilities.add(after);
}

function recompose({ turn }: Speaker, route: Route | undefined): void {
  if (route === undefined) return;
  for (const path of route.received.capabilities) turn.recomposed.add(capabilityNlri(path));
}

function forget(speaker: Speaker, peer: Peer, nlri: Nlri): void {
  const route = peer.adjRibIn.get(nlri);
  if (route === undefined) return;
  peer.adjRibIn.delete(nlri);
  index(speaker, peer, route, undefined);
  speaker.locRib.remove(nlri, peer.source);
  speaker.turn.dirty.add(nlri);
}

import { judgePeerRoute, judgeStubRoute, type Judgement } from './import.ts';
import type { PathAttributes } from './packet/attributes.ts';
import type { Proof } from './packet/life.ts';
import type { Reach, Update } from './packet/message.ts';
import { familyOf, type Family, type Nlri } from './packet/nlri.ts';
import { dependsOnNlri } from './policy/evaluate.ts';
import type { Route } from './rib/route.ts';
import type { Peer, Speaker } from './state.ts';

/** Takes in an UPDATE: proofs first, then withdrawals, then announcements (RFC 4271 §9). */
export function receiveUpdate(speaker: Speaker, peer: Peer, update: Update, now: number): void {
  for (const proof of update.proofs) endLife(speaker, proof, now);
  for (const nlri of update.withdrawn) removeRoute(speaker, peer, nlri);
  if (update.attributes !== undefined) announce(speaker, peer, update.attributes, update.reach);
  if (update.endOfRib !== undefined) dropStale(speaker, peer, update.endOfRib);
}

/**
 * Marks every copy of a life that has ended as dead. It deletes nothing: a dead copy can only not be chosen, until its own
 * peer withdraws or replaces it.
 */
export function endLife(speaker: Speaker, proof: Proof, now: number): void {
  if (!speaker.deadLives.add(proof, now)) return;
  for (const route of speaker.locRib.get(proof.nlri)?.routes ?? []) {
    if (route.life !== proof.life || route.source.kind !== 'peer') continue;
    const peer = speaker.peers.get(route.source.id);
    if (peer !== undefined) putRoute(speaker, peer, { ...route, ineligible: { type: 'life-ended' } });
  }
}

/** Takes away what a peer said of an NLRI, whatever its life (RFC 4271 §9.1). */
export function removeRoute(speaker: Speaker, peer: Peer, nlri: Nlri): void {
  if (!peer.adjRibIn.delete(nlri)) return;
  speaker.locRib.remove(nlri, peer.source);
  speaker.turn.dirty.add(nlri);
}

/** Takes away everything that a peer said (RFC 4271 §8.2.2). */
export function removeAllRoutes(speaker: Speaker, peer: Peer): void {
  for (const nlri of [...peer.adjRibIn.keys()]) removeRoute(speaker, peer, nlri);
}

/** Keeps a restarting peer's routes for the time being, behind all fresh ones (RFC 4724 §4.2). */
export function markStale(speaker: Speaker, peer: Peer): void {
  for (const route of [...peer.adjRibIn.values()]) putRoute(speaker, peer, { ...route, stale: true });
}

/** Takes away what a restarted peer has not sent again (RFC 4724 §4.2). */
export function dropStale(speaker: Speaker, peer: Peer, family?: Family): void {
  for (const route of [...peer.adjRibIn.values()]) {
    if (route.stale && (family === undefined || familyOf(route.nlri) === family))
      removeRoute(speaker, peer, route.nlri);
  }
}

/** Judges everything anew that a peer ever said and did not take back, such as under a new policy (RFC 4271 §3.2). */
export function rejudgePeer(speaker: Speaker, peer: Peer): void {
  for (const route of [...peer.adjRibIn.values()]) {
    if (route.ineligible?.type === 'life-ended') continue;
    const judgement = judgePeerRoute(speaker, peer, route.nlri, route.received);
    if (differs(route, judgement)) putRoute(speaker, peer, { ...route, ...judgement });
  }
}

/** Judges every stub's agents anew, such as under a new policy (RFC 4271 §3.2). */
export function rejudgeStubs(speaker: Speaker, replace: (route: Route) => void): void {
  for (const table of speaker.stubs.values()) {
    for (const route of [...table.adjRibIn.values()]) {
      const judgement = judgeStubRoute(speaker, table, route.nlri, route.received);
      if (differs(route, judgement)) replace({ ...route, ...judgement });
    }
  }
}

function differs(route: Route, judgement: Judgement): boolean {
  return (
    route.attributes !== judgement.attributes ||
    route.weight !== judgement.weight ||
    JSON.stringify(route.ineligible) !== JSON.stringify(judgement.ineligible)
  );
}

function announce(speaker: Speaker, peer: Peer, attributes: PathAttributes, reach: readonly Reach[]): void {
  const received = speaker.interner.intern(attributes);
  const { policy, allowAgents } = peer.settings;
  const chain = (policy ?? speaker.policy).import;
  const shared = new Map<Family, Judgement>();
  for (const { nlri, life, label } of reach) {
    if (!hasRoom(speaker, peer, nlri)) continue;
    const family = familyOf(nlri);
    const judgement = shared.get(family) ?? judgePeerRoute(speaker, peer, nlri, received);
    if (allowAgents === undefined && !dependsOnNlri(chain, family)) shared.set(family, judgement);
    const dead = speaker.deadLives.has(life);
    const ineligible = dead ? ({ type: 'life-ended' } as const) : judgement.ineligible;
    const source = peer.source;
    putRoute(speaker, peer, { nlri, source, received, ...judgement, life, label, stale: false, ineligible });
  }
}

/** Whether a peer may have one more NLRI; what it may not have also takes away what it had (RFC 4271 §6.7, deviation). */
function hasRoom(speaker: Speaker, peer: Peer, nlri: Nlri): boolean {
  const { id, maxRoutes } = peer.settings;
  if (peer.adjRibIn.has(nlri) || peer.adjRibIn.size < maxRoutes) return true;
  if (!peer.overLimit) speaker.turn.effects.push({ type: 'MaxRoutesReached', peer: id, maxRoutes });
  peer.overLimit = true;
  return false;
}

function putRoute(speaker: Speaker, peer: Peer, route: Route): void {
  peer.adjRibIn.set(route.nlri, route);
  speaker.locRib.put(route);
  speaker.turn.dirty.add(route.nlri);
}

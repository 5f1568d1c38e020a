import { exportChain, exported, isTellable } from './export.ts';
import type { PathAttributes } from '../packet/attributes.ts';
import type { Proof } from '../packet/life.ts';
import type { Reach, Update } from '../packet/message.ts';
import { familyOf, type Family, type Nlri } from '../packet/nlri.ts';
import { dependsOnNlri } from '../policy/evaluate.ts';
import { sameAdvertised, type Advertised } from '../rib/adj-rib-out.ts';
import type { Route, Source } from '../rib/route.ts';
import type { Peer, Speaker } from '../state/state.ts';

/** The most NLRI that one UPDATE carries. */
export const MAX_NLRI_PER_UPDATE = 1_000;

/** The most NLRI that a peer is told of at once; it hears of the rest as soon as it has taken these. */
export const MAX_NLRI_AT_ONCE = 2_000;

/** The most attribute sets of which a peer is told at once: each may be as large as a thousand names. */
const MAX_SETS_AT_ONCE = 256;

/** Notes that every peer may have to be told of an NLRI (RFC 4271 §9.2). */
export function propagate(speaker: Speaker, nlri: Nlri, now: number): void {
  const isGone = speaker.locRib.get(nlri)?.best === undefined;
  for (const peer of speaker.peers.values()) {
    if (peer.session === undefined) continue;
    if (isGone && !peer.adjRibOut.has(nlri)) {
      // It came and went before the peer was told: nothing queues up.
      peer.pending.delete(nlri);
      continue;
    }
    peer.pending.add(nlri);
    schedule(speaker, peer, now);
  }
}

/** Notes that a peer may have to be told of everything: a new session, or a new policy (RFC 4271 §9.1.3). */
export function propagateAll(speaker: Speaker, peer: Peer, now: number): void {
  if (peer.session === undefined) return;
  for (const { nlri } of speaker.locRib.entries()) peer.pending.add(nlri);
  for (const nlri of peer.adjRibOut.keys()) peer.pending.add(nlri);
  schedule(speaker, peer, now);
}

/** Tells a peer a whole family again, changed or not (RFC 2918 §4). */
export function refresh(speaker: Speaker, peer: Peer, family: Family, now: number): void {
  peer.refreshing.add(family);
  for (const nlri of peer.adjRibOut.keys()) if (familyOf(nlri) === family) peer.pending.add(nlri);
  schedule(speaker, peer, now);
}

/**
 * Tells a peer the difference between what it was told last and what holds now (RFC 4271 §9.2). Whatever happened to a
 * route in between is told once, as it ended. A whole table goes in parts, so that a peer that reads slowly is not told
 * more than it takes; its end comes last (RFC 4724 §2).
 */
export function advertise(speaker: Speaker, peer: Peer, now: number): void {
  peer.advertising = false;
  const { session } = peer;
  if (session === undefined) return;
  const updates = pack(gather(speaker, peer, session.negotiated.proofs, now));
  if (updates.length > 0) peer.advertisedAt = now;
  if (peer.pending.size > 0) expectAdvertise(speaker, peer, now);
  else peer.refreshing.clear();
  if (peer.pending.size === 0 && peer.endOfRibDue && !speaker.restarting) {
    updates.push(...session.negotiated.families.map(endOfRib));
    peer.endOfRibDue = false;
  }
  for (const message of updates) {
    speaker.turn.effects.push({ type: 'Send', peer: peer.settings.id, connection: session.connection, message });
  }
}

/** Lets a peer forget what it kept of us over our restart, once it was told all that we know again (RFC 4724 §4.1). */
export function completeRestart(speaker: Speaker, now: number): void {
  speaker.restarting = false;
  for (const peer of speaker.peers.values()) if (peer.session !== undefined) schedule(speaker, peer, now);
}

/** Forgets what a peer was told and what it should have been told: its session is over (RFC 4271 §8.2.2). */
export function stopAdvertising(speaker: Speaker, peer: Peer): void {
  peer.adjRibOut.clear();
  peer.pending.clear();
  peer.refreshing.clear();
  if (peer.healthPace.wakeAt !== undefined) {
    speaker.turn.effects.push({ type: 'ClearTimer', timer: { kind: 'retell', peer: peer.settings.id } });
  }
  peer.healthPace.clear();
  peer.endOfRibDue = false;
  peer.advertisedAt = -Infinity;
  if (peer.advertising) {
    speaker.turn.effects.push({ type: 'ClearTimer', timer: { kind: 'advertise', peer: peer.settings.id } });
  }
  peer.advertising = false;
}

function schedule(speaker: Speaker, peer: Peer, now: number): void {
  if (peer.advertising) return;
  expectAdvertise(speaker, peer, Math.max(now, peer.advertisedAt + peer.settings.advertisementIntervalMs));
}

function expectAdvertise(speaker: Speaker, peer: Peer, at: number): void {
  peer.advertising = true;
  speaker.turn.effects.push({ type: 'SetTimer', timer: { kind: 'advertise', peer: peer.settings.id }, at });
}

/** The changes for a peer: withdrawals, announcements by attribute set, and the proof behind each where there is one. */
interface Batch {
  readonly withdrawn: Nlri[];
  readonly reach: Map<PathAttributes, Reach[]>;
  readonly proofs: Map<Nlri, Proof>;
}

/** Takes what is pending, up to what is told at once; `proofs` is whether the peer understands lives and their ends. */
function gather(speaker: Speaker, peer: Peer, proofs: boolean, at: number): Batch {
  const batch: Batch = { withdrawn: [], reach: new Map(), proofs: new Map() };
  const exportOnce = cachedExport(speaker, peer);
  for (const nlri of atMost(MAX_NLRI_AT_ONCE, peer.pending)) {
    if (batch.reach.size >= MAX_SETS_AT_ONCE) break;
    peer.pending.delete(nlri);
    const told = peer.adjRibOut.get(nlri);
    const best = speaker.locRib.get(nlri)?.best;
    const now = advertisedFor(best, exportOnce, proofs);
    const isAsked = now !== undefined && peer.refreshing.has(familyOf(nlri));
    if (!isAsked && (sameAdvertised(told, now) || mustWait(speaker, peer, best, told, now, at))) continue;
    const proof = speaker.deadLives.proofOf(told?.life);
    if (proof !== undefined) batch.proofs.set(nlri, proof);
    if (now === undefined) batch.withdrawn.push(nlri);
    else addReach(batch, nlri, now);
    if (now === undefined) {
      peer.adjRibOut.delete(nlri);
      peer.healthPace.forget(nlri);
    } else peer.adjRibOut.set(nlri, now);
  }
  return batch;
}

function* atMost<T>(count: number, items: Iterable<T>): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- === 0) return;
    yield item;
  }
}

/** True if the peer has to wait for another MED of a route of ours; if not, records that it has been told one now. */
function mustWait(
  speaker: Speaker,
  peer: Peer,
  best: Route | undefined,
  told: Advertised | undefined,
  next: Advertised | undefined,
  now: number,
): boolean {
  if (best === undefined || best.source.kind === 'peer') return false;
  if (told === undefined || next === undefined || told.attributes.med === next.attributes.med) return false;
  const { healthPace } = peer;
  const before = healthPace.wakeAt;
  const holds = told.life === next.life && healthPace.holds(best.nlri, told.attributes, next.attributes, now);
  if (!holds) healthPace.told(best.nlri, now);
  if (healthPace.wakeAt !== before) expectRetelling(speaker, peer);
  return holds;
}

/** Tells a peer what it had to wait for (RFC 4271 §9.2.1.2). */
export function retell(speaker: Speaker, peer: Peer, now: number): void {
  for (const nlri of peer.healthPace.release(now)) {
    peer.pending.add(nlri);
    schedule(speaker, peer, now);
  }
  expectRetelling(speaker, peer);
}

function expectRetelling(speaker: Speaker, peer: Peer): void {
  const at = peer.healthPace.wakeAt;
  if (at === undefined) return;
  speaker.turn.effects.push({ type: 'SetTimer', timer: { kind: 'retell', peer: peer.settings.id }, at });
}

function addReach(batch: Batch, nlri: Nlri, { attributes, life, label }: Advertised): void {
  const reach = { nlri, ...(life === undefined ? {} : { life }), ...(label === undefined ? {} : { label }) };
  const group = batch.reach.get(attributes);
  if (group === undefined) batch.reach.set(attributes, [reach]);
  else group.push(reach);
}

type Export = (route: Route) => PathAttributes | undefined;

function advertisedFor(best: Route | undefined, exportOnce: Export, proofs: boolean): Advertised | undefined {
  const attributes = best === undefined ? undefined : exportOnce(best);
  if (best === undefined || attributes === undefined) return undefined;
  return { attributes, life: proofs ? best.life : undefined, label: best.label };
}

/** Applies export policy by attribute set instead of by route, where the policy looks at nothing else. */
function cachedExport(speaker: Speaker, peer: Peer): Export {
  const chain = exportChain(speaker, peer);
  // A route to a capability depends on the agents behind it.
  const perRoute = { agent: dependsOnNlri(chain, 'agent'), capability: true };
  type BySource = Map<Source, Map<PathAttributes, PathAttributes | undefined>>;
  const cache: Record<Family, BySource> = { agent: new Map(), capability: new Map() };
  return (route) => {
    const family = familyOf(route.nlri);
    if (perRoute[family] || !isTellable(route)) return exported(speaker, peer, route);
    const bySource = cache[family];
    const byAttributes = bySource.get(route.source) ?? new Map<PathAttributes, PathAttributes | undefined>();
    bySource.set(route.source, byAttributes);
    if (byAttributes.has(route.attributes)) return byAttributes.get(route.attributes);
    const attributes = exported(speaker, peer, route);
    byAttributes.set(route.attributes, attributes);
    return attributes;
  };
}

/** Packs entries into as few messages as their size allows, each proof in the message that replaces the dead route. */
function pack({ withdrawn, reach, proofs }: Batch): Update[] {
  const updates: Update[] = [];
  for (const part of chunks(withdrawn)) {
    const ends = part.flatMap((nlri) => proofs.get(nlri) ?? []);
    updates.push({ type: 'update', withdrawn: part, reach: [], proofs: ends });
  }
  for (const [attributes, group] of reach) {
    for (const part of chunks(group)) {
      const ends = proofs.size === 0 ? [] : part.flatMap(({ nlri }) => proofs.get(nlri) ?? []);
      updates.push({ type: 'update', withdrawn: [], attributes, reach: part, proofs: ends });
    }
  }
  return updates;
}

function chunks<T>(items: readonly T[]): (readonly T[])[] {
  if (items.length > 0 && items.length <= MAX_NLRI_PER_UPDATE) return [items];
  const parts: (readonly T[])[] = [];
  for (let at = 0; at < items.length; at += MAX_NLRI_PER_UPDATE) parts.push(items.slice(at, at + MAX_NLRI_PER_UPDATE));
  return parts;
}

function endOfRib(family: Family): Update {
  return { type: 'update', withdrawn: [], reach: [], proofs: [], endOfRib: family };
}

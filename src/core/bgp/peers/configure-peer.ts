import { rejudgePeer, removeAllRoutes } from '../update/adj-rib-in.ts';
import { Flaps } from '../damping/flaps.ts';
import { propagateAll } from '../update/dissemination.ts';
import type { Connection } from '../fsm/fsm.ts';
import { INITIAL_FSM } from '../fsm/fsm.ts';
import { HealthPace } from '../rib/health-pace.ts';
import type { NotificationName } from '../packet/notification.ts';
import type { PeerSettings } from '../state/peer-settings.ts';
import { CapabilityIndex } from '../rib/capability-index.ts';
import { Footprint } from '../rib/footprint.ts';
import type { PeerId } from '../rib/route.ts';
import { runSession } from './run-session.ts';
import type { Peer, Speaker } from '../state/state.ts';

const CONNECTIONS: readonly Connection[] = ['outbound', 'inbound'];

/** Settings that may change while a session is up: they only change what is accepted, kept and told, or the next OPEN. */
const SOFT: readonly (keyof PeerSettings)[] = [
  'policy',
  'allowOrigins',
  'allowAgents',
  'advertisementIntervalMs',
  'holdTimeSeconds',
  'restartTimeSeconds',
];

/** Adds a peer and starts its session, or changes it: softly where that is enough, by a new session otherwise (RFC 4271 §8.1.2). */
export function configurePeer(speaker: Speaker, settings: PeerSettings, now: number, jitter: number): void {
  const known = speaker.peers.get(settings.id);
  if (known !== undefined && isSoftChange(known.settings, settings)) {
    known.settings = settings;
    rejudgePeer(speaker, known);
    propagateAll(speaker, known, now);
    return;
  }
  if (known !== undefined) endPeer(speaker, known, 'configuration-change', now);
  const peer = newPeer(speaker, settings);
  speaker.peers.set(settings.id, peer);
  const started = settings.passive ? (['inbound'] as const) : CONNECTIONS;
  for (const connection of started) runSession(speaker, peer, connection, { type: 'ManualStart' }, now, jitter);
}

/** Ends a peer's session and forgets all that it said (RFC 4486 §3). */
export function removePeer(speaker: Speaker, id: PeerId, now: number): void {
  const peer = speaker.peers.get(id);
  if (peer !== undefined) endPeer(speaker, peer, 'peer-deconfigured', now);
}

function endPeer(speaker: Speaker, peer: Peer, reason: NotificationName, now: number): void {
  const { id } = peer.settings;
  for (const connection of CONNECTIONS) {
    runSession(speaker, peer, connection, { type: 'ManualStop', reason }, now, 0);
  }
  removeAllRoutes(speaker, peer, now);
  speaker.turn.effects.push({ type: 'ClearTimer', timer: { kind: 'stale', peer: id } });
  speaker.turn.effects.push({ type: 'ClearTimer', timer: { kind: 'reuse', from: 'peer', id } });
  speaker.peers.delete(id);
}

function newPeer(speaker: Speaker, settings: PeerSettings): Peer {
  const { id, asn, url } = settings;
  return {
    settings,
    source: { kind: 'peer', id, asn, external: asn !== speaker.settings.asn, routerId: '0.0.0.0', address: url ?? id },
    connections: { outbound: INITIAL_FSM, inbound: INITIAL_FSM },
    session: undefined,
    adjRibIn: new Map(),
    capabilities: new CapabilityIndex(),
    hasStale: false,
    adjRibOut: new Map(),
    pending: new Set(),
    refreshing: new Set(),
    endOfRibDue: false,
    advertisedAt: -Infinity,
    advertising: false,
    healthPace: new HealthPace(),
    footprint: new Footprint(speaker.peerBytes),
    overLimit: false,
    overBytes: false,
    flaps: settings.damping && new Flaps(settings.damping),
  };
}

function isSoftChange(before: PeerSettings, after: PeerSettings): boolean {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof PeerSettings)[];
  return keys.every((key) => SOFT.includes(key) || before[key] === after[key]);
}

import { markStale, dropStale, receiveUpdate, removeAllRoutes } from '../update/adj-rib-in.ts';
import { propagateAll, refresh, stopAdvertising } from '../update/dissemination.ts';
import type { Timer } from '../state/event.ts';
import { advance } from '../fsm/connections.ts';
import type { Connection, FsmAction, FsmEvent, FsmTimer, Negotiated, PeerFsmSettings } from '../fsm/fsm.ts';
import type { GracefulRestart, Notification, RouteRefresh, Update } from '../packet/message.ts';
import { FAMILIES } from '../packet/nlri.ts';
import type { Peer, Speaker } from '../state/state.ts';

/** Feeds an event to one of the two connections to a peer and carries out what follows for both (RFC 4271 §8.2). */
export function runSession(
  speaker: Speaker,
  peer: Peer,
  connection: Connection,
  event: FsmEvent,
  now: number,
  jitter: number,
): void {
  const { connections, actions } = advance(peer.connections, connection, event, fsmSettings(speaker, peer), jitter);
  peer.connections = connections;
  for (const due of actions) carryOut(speaker, peer, due.connection, due.action, now);
}

function fsmSettings(speaker: Speaker, peer: Peer): PeerFsmSettings {
  const { asn, routerId } = speaker.settings;
  const { asn: peerAsn, holdTimeSeconds, restartTimeSeconds, proofs } = peer.settings;
  const gracefulRestart = { restartTimeSeconds, restarted: speaker.restarting, preserved: true };
  const capabilities = {
    families: FAMILIES,
    routeRefresh: true,
    ...(restartTimeSeconds > 0 ? { gracefulRestart } : {}),
    proofs,
    decision: speaker.decision,
  };
  return { local: { asn, routerId, holdTimeSeconds, capabilities }, peerAsn };
}

function carryOut(speaker: Speaker, peer: Peer, connection: Connection, action: FsmAction, now: number): void {
  const { effects } = speaker.turn;
  const { id } = peer.settings;
  switch (action.type) {
    case 'dial':
      effects.push({ type: 'Dial', peer: id });
      break;
    case 'send':
      effects.push({ type: 'Send', peer: id, connection, message: action.message });
      break;
    case 'close':
      effects.push({ type: 'Close', peer: id, connection });
      break;
    case 'refuse':
      effects.push({ type: 'Refuse', peer: id, connection });
      break;
    case 'start-timer':
      effects.push({ type: 'SetTimer', timer: sessionTimer(peer, connection, action.timer), at: now + action.delayMs });
      break;
    case 'stop-timer':
      effects.push({ type: 'ClearTimer', timer: sessionTimer(peer, connection, action.timer) });
      break;
    case 'established':
      sessionUp(speaker, peer, connection, action.negotiated, now);
      break;
    case 'down':
      sessionDown(speaker, peer, action.cause, now);
      break;
    case 'deliver':
      deliver(speaker, peer, action.message, now);
      break;
  }
}

function sessionTimer(peer: Peer, connection: Connection, timer: FsmTimer): Timer {
  return { kind: 'session', peer: peer.settings.id, connection, timer };
}

function sessionUp(speaker: Speaker, peer: Peer, connection: Connection, negotiated: Negotiated, now: number): void {
  peer.source = { ...peer.source, routerId: negotiated.routerId };
  peer.session = { connection, negotiated };
  peer.endOfRibDue = true;
  peer.overLimit = false;
  peer.overBytes = false;
  const restart = negotiated.gracefulRestart;
  if (restart?.preserved === true) {
    for (const family of FAMILIES) if (!negotiated.families.includes(family)) dropStale(speaker, peer, family);
    boundStale(speaker, peer, restart, now);
  } else dropStale(speaker, peer);
  speaker.turn.effects.push({ type: 'SessionUp', peer: peer.settings.id, negotiated });
  propagateAll(speaker, peer, now);
}

/** Ends a session. A peer that left without a NOTIFICATION, and asked for it, keeps its routes for a while (RFC 4724 §4.2). */
function sessionDown(speaker: Speaker, peer: Peer, cause: Notification | 'transport-failed', now: number): void {
  const graceful = cause === 'transport-failed' ? peer.session?.negotiated.gracefulRestart : undefined;
  peer.session = undefined;
  stopAdvertising(speaker, peer);
  const { id } = peer.settings;
  speaker.turn.effects.push({ type: 'SessionDown', peer: id, cause });
  if (graceful === undefined) {
    removeAllRoutes(speaker, peer, now);
    return;
  }
  dropStale(speaker, peer);
  markStale(speaker, peer);
  boundStale(speaker, peer, graceful, now);
}

/** Starts the timer that removes the routes which a restarting peer does not send again in time (RFC 4724 §4.2). */
function boundStale(speaker: Speaker, peer: Peer, { restartTimeSeconds }: GracefulRestart, now: number): void {
  if (!peer.hasStale) return;
  const timer = { kind: 'stale', peer: peer.settings.id } as const;
  speaker.turn.effects.push({ type: 'SetTimer', timer, at: now + restartTimeSeconds * 1_000 });
}

function deliver(speaker: Speaker, peer: Peer, message: Update | RouteRefresh, now: number): void {
  if (message.type === 'update') receiveUpdate(speaker, peer, message, now);
  else refresh(speaker, peer, message.family, now);
}

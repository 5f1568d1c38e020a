import type { Connection } from '../event.ts';
import { collisionLoser } from './collision.ts';
import type { Fsm, FsmAction, FsmEvent, PeerFsmSettings } from './fsm.ts';
import { negotiate } from './negotiate.ts';
import { transition } from './transition.ts';

/** The two connections that there may be to one peer: the one we dial and the one we answer (RFC 4271 §8.2.1). */
export type Connections = Readonly<Record<Connection, Fsm>>;

/** Something that must be done on one of them. */
export interface ConnectionAction {
  readonly connection: Connection;
  readonly action: FsmAction;
}

/** What both connections become, and what must be done for it, in order. */
export interface Advance {
  readonly connections: Connections;
  readonly actions: readonly ConnectionAction[];
}

const DUMP: FsmEvent = { type: 'OpenCollisionDump' };

/**
 * One step of one connection to a peer, and what the other one makes of it: collisions are resolved, and while the peer
 * is served by what it dialled we do not dial it (RFC 4271 §6.8). At most one of the two is ever established.
 */
export function advance(
  connections: Connections,
  connection: Connection,
  event: FsmEvent,
  settings: PeerFsmSettings,
  jitter: number,
): Advance {
  let fsms = connections;
  const actions: ConnectionAction[] = [];
  const raise = (on: Connection, what: FsmEvent): void => {
    const { fsm, actions: due } = transition(fsms[on], what, { ...settings, passive: on === 'inbound' }, jitter);
    fsms = { ...fsms, [on]: fsm };
    actions.push(...due.map((action) => ({ connection: on, action })));
  };

  const loser = collision(connections, connection, event, settings);
  // First the loser: an OPEN that lost then finds no one who would accept it with a KEEPALIVE.
  if (loser !== undefined) raise(loser, DUMP);
  raise(connection, event);
  if (serves(fsms.inbound) && tries(fsms.outbound)) raise('outbound', DUMP);
  if (rests(fsms.outbound) && !serves(fsms.inbound)) raise('outbound', { type: 'OtherConnectionEnded' });
  if (rests(fsms.inbound) && !serves(fsms.outbound)) raise('inbound', { type: 'OtherConnectionEnded' });
  return { connections: fsms, actions };
}

function collision(
  connections: Connections,
  opened: Connection,
  event: FsmEvent,
  settings: PeerFsmSettings,
): Connection | undefined {
  if (connections[opened].state !== 'open-sent') return undefined;
  if (event.type !== 'MessageReceived' || event.message.type !== 'open') return undefined;
  if (!negotiate(event.message, settings).ok) return undefined;
  const other = connections[opened === 'outbound' ? 'inbound' : 'outbound'];
  return collisionLoser(opened, event.message, other, settings.local);
}

function serves(fsm: Fsm): boolean {
  return fsm.state === 'open-confirm' || fsm.state === 'established';
}

function tries(fsm: Fsm): boolean {
  if (fsm.state === 'idle') return fsm.waitsFor === 'connect-retry';
  return fsm.state === 'connect' || fsm.state === 'active';
}

function rests(fsm: Fsm): boolean {
  return fsm.state === 'idle' && fsm.waitsFor === 'other-connection';
}

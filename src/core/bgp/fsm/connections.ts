import { collisionLoser, lowerDialled } from './collision.ts';
import type { Connection, Fsm, FsmAction, FsmEvent, PeerFsmSettings } from './fsm.ts';
import { negotiate } from './negotiate.ts';
import { transition } from './transition.ts';

/** The two connections that there may be to one peer: the one we dial and the one we answer (RFC 4271 §8.2.1). */
export type Connections = Readonly<Record<Connection, Fsm>>;

/** Something that must be done on one of them. */
export interface ConnectionAction {
  readonly connection: Connection;
  readonly action: FsmAction;
}

/** The next states of both connections, and the actions that are due, in order. */
export interface Advance {
  readonly connections: Connections;
  readonly actions: readonly ConnectionAction[];
}

const DUMP: FsmEvent = { type: 'OpenCollisionDump' };

/**
 * Advances one connection to a peer, and the other one where it is affected: collisions are resolved, and while the peer
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
    for (const action of due) actions.push({ connection: on, action });
  };

  const loser = collision(connections, connection, event, settings);
  // First the loser: an OPEN that lost then finds no one who would accept it with a KEEPALIVE.
  if (loser !== undefined) raise(loser, DUMP);
  raise(connection, event);
  if (loser === 'inbound' && fsms.outbound.state === 'open-sent') {
    fsms = { ...fsms, outbound: { ...fsms.outbound, kept: true } };
  }
  const late = overtaken(connections, fsms, connection, settings);
  if (late !== undefined) raise(late, DUMP);
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
  return collisionLoser(opened, event.message.routerId, other, settings);
}

/**
 * Returns the connection that has lost although the peer's OPEN has not come on it yet, because the other one has just got
 * further: that OPEN is of the same time, and would look like one of a peer that has lost its session if it came later.
 */
function overtaken(
  before: Connections,
  after: Connections,
  ahead: Connection,
  settings: PeerFsmSettings,
): Connection | undefined {
  const fsm = after[ahead];
  const other = ahead === 'outbound' ? 'inbound' : 'outbound';
  if (!serves(fsm) || fsm.state === before[ahead].state || after[other].state !== 'open-sent') return undefined;
  return lowerDialled(fsm.negotiated.routerId, settings) === other ? other : undefined;
}

function serves(fsm: Fsm): fsm is Extract<Fsm, { state: 'open-confirm' | 'established' }> {
  return fsm.state === 'open-confirm' || fsm.state === 'established';
}

function tries(fsm: Fsm): boolean {
  if (fsm.state === 'idle') return fsm.waitsFor === 'connect-retry';
  return fsm.state === 'connect' || fsm.state === 'active';
}

function rests(fsm: Fsm): boolean {
  return fsm.state === 'idle' && fsm.waitsFor === 'other-connection';
}

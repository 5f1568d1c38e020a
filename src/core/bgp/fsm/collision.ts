import { compareRouterIds, type RouterId } from '../packet/router-id.ts';
import type { Connection, Fsm, PeerFsmSettings } from './fsm.ts';

/**
 * Returns the connection to one peer that must close, now that `opened` is about to accept the OPEN of its peer; undefined when
 * the two do not collide (RFC 4271 §6.8). What the higher router id has dialled is kept. A session that is up is kept,
 * unless the OPEN is of the same router and graceful restart was agreed on: then that router has lost the session, or it
 * would not have dialled again (RFC 4724 §5).
 * What we dial and the peer will keep counts as soon as it is there, for whom it leads to is known without an OPEN; but
 * only once, because it may be dead.
 */
export function collisionLoser(
  opened: Connection,
  peer: RouterId,
  other: Fsm,
  settings: PeerFsmSettings,
): Connection | undefined {
  const existing = opened === 'outbound' ? 'inbound' : 'outbound';
  if (other.state === 'established') {
    const { gracefulRestart, routerId } = other.negotiated;
    return gracefulRestart !== undefined && routerId === peer ? existing : opened;
  }
  const loser = lowerDialled(peer, settings);
  if (other.state === 'open-confirm') return loser;
  const isWaitedFor = other.state === 'open-sent' && other.kept !== true;
  return isWaitedFor && existing === 'outbound' && loser === opened ? loser : undefined;
}

/** Returns the connection that the lower router id has dialled, or the lower ASN where two ASes use the same one (RFC 6286 §2.3). */
export function lowerDialled(peer: RouterId, { local, peerAsn }: PeerFsmSettings): Connection {
  const order = compareRouterIds(local.routerId, peer) || local.asn - peerAsn;
  return order > 0 ? 'inbound' : 'outbound';
}

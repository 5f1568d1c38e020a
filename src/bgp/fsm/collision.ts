import type { Connection } from '../event.ts';
import { compareRouterIds } from '../packet/router-id.ts';
import type { Open } from '../packet/message.ts';
import type { Fsm, FsmSettings } from './fsm.ts';

/**
 * Which of two connections to one peer must go, now that `opened` is about to accept the OPEN of its peer; undefined when
 * the two do not collide (RFC 4271 §6.8). What the higher router id has dialled is kept. A session that is up is kept,
 * unless graceful restart was agreed on: then the peer has lost it, or it would not have dialled again (RFC 4724 §5).
 */
export function collisionLoser(
  opened: Connection,
  open: Open,
  other: Fsm,
  local: FsmSettings['local'],
): Connection | undefined {
  const existing = opened === 'outbound' ? 'inbound' : 'outbound';
  if (other.state === 'established') return other.negotiated.gracefulRestart === undefined ? opened : existing;
  if (other.state === 'open-confirm') return outranks(local, open) ? 'inbound' : 'outbound';
  return undefined;
}

/** By router id, and by ASN where two ASes use the same one (RFC 6286 §2.3). */
function outranks(local: FsmSettings['local'], peer: Open): boolean {
  const order = compareRouterIds(local.routerId, peer.routerId);
  return order === 0 ? local.asn > peer.asn : order > 0;
}

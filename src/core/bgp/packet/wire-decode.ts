import { MAX_REASON_LENGTH } from './limits.ts';
import { cleanText } from './clean-text.ts';
import type { Notification } from './message.ts';
import { isFamily } from './nlri.ts';
import { wireKeepalive, wireNotification, wireRouteRefresh } from './wire.ts';
import { isRecord, read, refuse, type Decoded, type Hash } from './wire-decoded.ts';
import { decodeOpen } from './wire-open.ts';
import { decodeUpdate } from './wire-update.ts';

/** Reads a message from parsed JSON, which may be anything at all (RFC 4271 §6, RFC 7606 §2). */
export function decodeMessage(json: unknown, hash: Hash): Decoded {
  if (!isRecord(json)) return refuse('bad-message-type', 'not a JSON object');
  switch (json['type']) {
    case 'open':
      return decodeOpen(json);
    case 'update':
      return decodeUpdate(json, hash);
    case 'keepalive':
      return wireKeepalive.safeParse(json).success
        ? read({ type: 'keepalive' })
        : refuse('bad-message-length', 'a KEEPALIVE carries nothing');
    case 'notification':
      return read(decodeNotification(json));
    case 'route-refresh':
      return decodeRouteRefresh(json);
    default:
      return refuse('bad-message-type', 'unknown type of message');
  }
}

/** Reads a NOTIFICATION. A malformed one closes the session too: to answer it with an error is forbidden (RFC 4271 §6.4). */
function decodeNotification(json: Record<string, unknown>): Notification {
  const { data } = wireNotification.safeParse(json);
  if (data === undefined) return { type: 'notification', code: 0, subcode: 0, reason: 'unreadable' };
  const { type, code, subcode, reason } = data;
  return { type, code, subcode, ...(reason !== undefined && { reason: cleanText(reason, MAX_REASON_LENGTH) }) };
}

/** Reads a ROUTE-REFRESH. One for a family that this version does not know asks for nothing, as an empty UPDATE does (RFC 2918 §4). */
function decodeRouteRefresh(json: Record<string, unknown>): Decoded {
  const { data } = wireRouteRefresh.safeParse(json);
  if (data === undefined) return refuse('bad-message-length', 'a ROUTE-REFRESH carries a family and nothing else');
  const { type, family } = data;
  return isFamily(family) ? read({ type, family }) : read({ type: 'update', withdrawn: [], reach: [], proofs: [] });
}

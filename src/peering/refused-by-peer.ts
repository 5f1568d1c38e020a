import type { z } from 'zod';
import { notificationName } from '../bgp/packet/notification.ts';
import type { wireNotification } from '../bgp/packet/wire.ts';

/** What is shown of the words of a peer, in UTF-16 units. */
const MAX_SHOWN = 200;

/** Why a peer does not want a session with us, as it says it itself. */
export function refusalBy({ code, subcode, reason = '' }: z.infer<typeof wireNotification>): string {
  const name = notificationName(code, subcode) ?? `${code}/${subcode}`;
  const words = reason.slice(0, MAX_SHOWN).replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  return `it refuses this router with ${name}${words === '' ? '' : `: ${words}`}`;
}

/** The peer has answered, and does not want a session with us. */
export class RefusedByPeer extends Error {}

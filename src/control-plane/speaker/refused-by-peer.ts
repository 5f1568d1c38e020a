import { notificationName } from '../../core/bgp/packet/notification.ts';

/** What is shown of the words of a peer, in UTF-16 units. */
const MAX_SHOWN = 200;

interface Refusal {
  readonly code: number;
  readonly subcode: number;
  readonly reason?: string | undefined;
}

/** Returns why a peer rejects a session with us, from the NOTIFICATION that says so. */
export function refusalBy({ code, subcode, reason = '' }: Refusal): string {
  const name = notificationName(code, subcode) ?? `${code}/${subcode}`;
  const words = reason.slice(0, MAX_SHOWN).replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  return `it refuses this router with ${name}${words === '' ? '' : `: ${words}`}`;
}

/** The peer has answered, and rejects a session with us. */
export class RefusedByPeer extends Error {}

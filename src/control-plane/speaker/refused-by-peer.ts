import { notificationName } from '../../core/bgp/packet/notification.ts';

/** Largest part of a peer's reason that is shown, in UTF-16 units. */
const MAX_SHOWN = 200;

interface Refusal {
  readonly code: number;
  readonly subcode: number;
  readonly reason?: string | undefined;
}

/** Returns the reason of a peer's rejection from its NOTIFICATION. */
export function refusalBy({ code, subcode, reason = '' }: Refusal): string {
  const name = notificationName(code, subcode) ?? `${code}/${subcode}`;
  const words = reason.slice(0, MAX_SHOWN).replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
  return `it rejects this router with ${name}${words === '' ? '' : `: ${words}`}`;
}

/** Error of a dial to a peer that answered and rejected a session with us. */
export class RefusedByPeer extends Error {}

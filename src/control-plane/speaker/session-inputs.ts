import type { FsmEvent } from '../../core/bgp/fsm/fsm.ts';
import type { Decoded } from '../../core/bgp/packet/wire-decoded.ts';
import type { Identity } from './identity.ts';
import { updateParts } from './update-parts.ts';

/** Yields the inputs of the session's state machine for a message. Splits a long UPDATE into parts. */
export function* sessionInputs(decoded: Decoded, remote: Identity): Generator<FsmEvent> {
  if (!decoded.ok || decoded.message.type !== 'update') {
    yield inputOf(decoded, remote);
    return;
  }
  for (const part of updateParts(decoded.message)) yield { type: 'MessageReceived', message: part };
}

/** Rejects an OPEN whose router id differs from that of the introduction (RFC 4271 §6.2). */
function inputOf(decoded: Decoded, { routerId }: Identity): FsmEvent {
  if (!decoded.ok) {
    return { type: 'MessageMalformed', notification: decoded.notification, reason: decoded.reason };
  }
  const { message } = decoded;
  if (message.type === 'open' && message.routerId !== routerId) {
    const reason = `the OPEN is of ${message.routerId}, and ${routerId} has introduced itself`;
    return { type: 'MessageMalformed', notification: 'bad-bgp-identifier', reason };
  }
  return { type: 'MessageReceived', message };
}

import type { FsmEvent } from '../../core/bgp/fsm/fsm.ts';
import type { Decoded } from '../../core/bgp/packet/wire-decoded.ts';
import type { Identity } from './identity.ts';
import { updateParts } from './update-parts.ts';

/** Returns what a message is to the state machine of its session. A long UPDATE comes in parts. */
export function* sessionInputs(decoded: Decoded, remote: Identity): Generator<FsmEvent> {
  if (!decoded.ok || decoded.message.type !== 'update') {
    yield inputOf(decoded, remote);
    return;
  }
  for (const part of updateParts(decoded.message)) yield { type: 'MessageReceived', message: part };
}

/** Rejects an OPEN that names another router than the one that has introduced itself (RFC 4271 §6.2). */
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

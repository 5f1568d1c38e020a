import type { Effect } from '../../core/bgp/state/effect.ts';
import type { Notification } from '../../core/bgp/packet/message.ts';
import type { Decoded } from '../../core/bgp/packet/wire-decoded.ts';
import { notificationName } from '../../core/bgp/packet/notification.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Log } from '../../base/telemetry/log-event.ts';

/** Logs an effect if it concerns operators. */
export function logEffect(effect: Effect, log: Log): void {
  switch (effect.type) {
    case 'SessionUp': {
      const { routerId, holdTimeSeconds, sameDecision } = effect.negotiated;
      return log({ event: 'session-up', peer: effect.peer, routerId, holdTimeSeconds, sameDecision });
    }
    case 'SessionDown': {
      const { cause } = effect;
      if (cause === 'transport-failed') return log({ event: 'session-down', peer: effect.peer, cause });
      const { name, ...why } = said(cause);
      return log({ event: 'session-down', peer: effect.peer, cause: name, ...why });
    }
    case 'Send': {
      if (effect.message.type !== 'notification') return;
      return log({ event: 'notification-sent', peer: effect.peer, ...said(effect.message) });
    }
    case 'MaxRoutesReached':
      return log({ event: 'max-routes-reached', peer: effect.peer, maxRoutes: effect.maxRoutes });
    case 'MaxBytesReached':
      return log({ event: 'max-bytes-reached', peer: effect.peer, maxBytes: effect.maxBytes });
    case 'RouteLeftOut': {
      const { nlri, stub: server, excess } = effect;
      return log({
        event: 'route-left-out',
        nlri,
        ...(server !== undefined && { server }),
        reason: `it has ${excess}`,
      });
    }
    case 'DisputeHeld':
      return log({ event: 'dispute-held', nlri: effect.nlri, until: new Date(effect.untilMs).toISOString() });
    case 'RouteDamped': {
      const { neighbor, nlri, untilMs } = effect;
      return log({ event: 'route-damped', neighbor, nlri, until: new Date(untilMs).toISOString() });
    }
    default:
  }
}

function said({ code, subcode, reason }: Notification): { readonly name: string; readonly reason?: string } {
  const name = notificationName(code, subcode) ?? `${code}/${subcode}`;
  return { name, ...(reason !== undefined && { reason }) };
}

/** Logs the faults of a message that did not end the session. */
export function logFaults(peer: PeerId, decoded: Decoded, log: Log): void {
  if (!decoded.ok) return;
  const { malformed, dropped, fault } = decoded;
  if (malformed.length === 0 && dropped === 0) return;
  const [first] = malformed;
  const why = { ...(first !== undefined && { first }), ...(fault !== undefined && { fault }) };
  log({ event: 'routes-malformed', peer, malformed: malformed.length, dropped, ...why });
}

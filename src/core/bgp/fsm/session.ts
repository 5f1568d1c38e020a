import type { Message, Notification, Open, RouteRefresh, Update } from '../packet/message.ts';
import { notification, type NotificationName } from '../packet/notification.ts';
import { restartHold, sendKeepalive, stop, waitToRetry } from './action.ts';
import { afterFailure, afterReset, afterUp } from './back-off.ts';
import type { FsmAction } from './fsm.ts';
import { down, part, resting, retry, stopped, stopTimers } from './leave.ts';
import { negotiate } from './negotiate.ts';
import {
  answer,
  ignore,
  refuse,
  type Connected,
  type Context,
  type In,
  type Input,
  type Transition,
} from './reaction.ts';

/** Judges the peer's OPEN (RFC 4271 §8.2.2, OpenSent, events 19 and 22). */
export function receiveOpen(fsm: In<'open-sent'>, open: Open, context: Context): Transition {
  const result = negotiate(open, context.settings);
  if (!result.ok) return fail(fsm, notification(result.notification, result.reason), context);
  const { negotiated } = result;
  const hold = negotiated.holdTimeSeconds === 0 ? stop('hold') : restartHold(negotiated);
  return {
    fsm: { state: 'open-confirm', backOff: fsm.backOff, open, negotiated },
    actions: [...sendKeepalive(negotiated), ...hold],
  };
}

/** Brings the session up, because the peer accepts our OPEN (RFC 4271 §8.2.2, OpenConfirm, event 26). */
export function comeUp({ backOff, negotiated }: In<'open-confirm'>): Transition {
  const timed = negotiated.holdTimeSeconds !== 0;
  return {
    fsm: { state: 'established', backOff: afterUp(backOff, timed), negotiated },
    actions: [...restartHold(negotiated), { type: 'established', negotiated }],
  };
}

/** Restarts the hold timer, because the peer is alive. */
export function noteAlive(fsm: In<'established'>): Transition {
  return { fsm, actions: restartHold(fsm.negotiated) };
}

/** Delivers routes, which also show that the peer is alive (RFC 4271 §8.2.2, Established, event 27). */
export function deliver(fsm: In<'established'>, message: Update): Transition {
  return { fsm, actions: [...restartHold(fsm.negotiated), { type: 'deliver', message }] };
}

/** Delivers a request for routes; one for a family that was not agreed on is ignored (RFC 2918 §4). */
export function deliverRefresh(fsm: In<'established'>, message: RouteRefresh): Transition {
  const { negotiated } = fsm;
  if (!negotiated.routeRefresh || !negotiated.families.includes(message.family)) return noteAlive(fsm);
  return { fsm, actions: [...restartHold(negotiated), { type: 'deliver', message }] };
}

/** Sends a KEEPALIVE to show that we are alive. */
export function keepAlive(fsm: In<'open-confirm' | 'established'>): Transition {
  if (fsm.negotiated.holdTimeSeconds === 0) return ignore(fsm);
  return { fsm, actions: sendKeepalive(fsm.negotiated) };
}

/** Does the same as {@link keepAlive}. A session that gets so far has proved itself. */
export function keepUp(fsm: In<'established'>): Transition {
  const { actions } = keepAlive(fsm);
  return { fsm: { ...fsm, backOff: afterReset(fsm.backOff) }, actions };
}

/** Closes, because the peer was silent for too long (RFC 4271 §6.5). */
export function expire(fsm: Connected, _event: Input, context: Context): Transition {
  return fail(fsm, notification('hold-timer-expired'), context);
}

/** Closes after a message that has no place in this state (RFC 6608 §4). */
export function unexpected(fsm: Connected, message: Message, context: Context): Transition {
  const name = `unexpected-message-in-${fsm.state}` as const satisfies NotificationName;
  return fail(fsm, notification(name, `${message.type} received`), context);
}

/** Closes after a message that cannot be read (RFC 4271 §6). */
export function malformed(
  fsm: Connected,
  event: Extract<Input, { type: 'MessageMalformed' }>,
  context: Context,
): Transition {
  return fail(fsm, notification(event.notification, event.reason), context);
}

/** Ends with the peer's NOTIFICATION, which is never answered (RFC 4271 §6.4). */
export function closed(fsm: Connected, message: Notification, { jitter }: Context): Transition {
  return retry(fsm, [...stopTimers(fsm), { type: 'close' }, ...down(fsm, message)], jitter);
}

/** Ends a session whose transport is lost (RFC 4271 §8.2.2, event 18). */
export function lose(fsm: Connected, _event: Input, { jitter }: Context): Transition {
  return retry(fsm, [...stopTimers(fsm), ...down(fsm, 'transport-failed')], jitter);
}

/** Ends a connection whose transport is lost before the peer said anything (RFC 4271 §8.2.2, OpenSent, event 18). */
export function loseUnopened(fsm: In<'open-sent'>, _event: Input, { settings, jitter }: Context): Transition {
  const backOff = afterFailure(fsm.backOff);
  const actions = settings.passive ? [] : [waitToRetry(backOff, jitter)];
  return { fsm: { state: 'active', backOff }, actions: [...stopTimers(fsm), ...actions] };
}

/** Stops at an operator's request (RFC 4271 §8.2.2, event 2). */
export function stopConnected(fsm: Connected, event: Extract<Input, { type: 'ManualStop' }>): Transition {
  return { fsm: stopped(fsm), actions: part(fsm, notification(event.reason)) };
}

/** Yields to the other connection, which is kept (RFC 4271 §6.8). */
export function yieldCollision(fsm: Connected): Transition {
  return { fsm: resting(fsm), actions: part(fsm, notification('connection-collision')) };
}

/** Yields the session to the other connection: silently, so that the routes stay (RFC 4724 §5). */
export function yieldSession(fsm: In<'established'>): Transition {
  if (fsm.negotiated.gracefulRestart === undefined) return yieldCollision(fsm);
  const actions: FsmAction[] = [...stopTimers(fsm), { type: 'close' }, ...down(fsm, 'transport-failed')];
  return { fsm: resting(fsm), actions };
}

/** Answers a peer that dials again before the session is up, so that the earlier connection is dead for it. */
export function answerAgain(fsm: Connected, _event: Input, context: Context): Transition {
  return answer(fsm, [...stopTimers(fsm), ...down(fsm, 'transport-failed')], context);
}

/** Answers a peer that dials again although the session is up: with graceful restart it has lost the session (RFC 4724 §5). */
export function answerRestart(fsm: In<'established'>, event: Input, context: Context): Transition {
  return fsm.negotiated.gracefulRestart === undefined ? refuse(fsm) : answerAgain(fsm, event, context);
}

function fail(fsm: Connected, error: Notification, { jitter }: Context): Transition {
  return retry(fsm, part(fsm, error), jitter);
}

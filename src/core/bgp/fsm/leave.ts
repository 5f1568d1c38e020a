import type { Notification } from '../packet/message.ts';
import { stop, waitToRetry } from './action.ts';
import { afterFailure, afterReset } from './back-off.ts';
import type { Fsm, FsmAction } from './fsm.ts';
import type { Connected, In, Transition } from './reaction.ts';

/** Stops the timers, sends the reason, and closes: every close on error is told to the peer first (RFC 4271 §6). */
export function part(fsm: Connected, error: Notification): FsmAction[] {
  return [...stopTimers(fsm), { type: 'send', message: error }, { type: 'close' }, ...down(fsm, error)];
}

/** Stops the timers that run while a transport is there. */
export function stopTimers(fsm: Connected): FsmAction[] {
  return fsm.state === 'open-sent' ? stop('hold') : stop('hold', 'keepalive');
}

/** Says that the session is gone, if there was one. */
export function down(fsm: Connected, cause: Notification | 'transport-failed'): FsmAction[] {
  return fsm.state === 'established' ? [{ type: 'down', cause }] : [];
}

/** Returns to Idle after an error, from where the connect-retry timer starts anew (RFC 4271 §8.1.1, DampPeerOscillations). */
export function retry(fsm: Fsm, before: readonly FsmAction[], jitter: number): Transition {
  const backOff = afterFailure(fsm.backOff);
  return {
    fsm: { state: 'idle', waitsFor: 'connect-retry', backOff },
    actions: [...before, waitToRetry(backOff, jitter)],
  };
}

/** Returns to Idle until an operator's start. */
export function stopped(fsm: Fsm): In<'idle'> {
  return { state: 'idle', waitsFor: 'start', backOff: afterReset(fsm.backOff) };
}

/** Returns to Idle until the other connection to the peer has ended. */
export function resting(fsm: Fsm): In<'idle'> {
  return { state: 'idle', waitsFor: 'other-connection', backOff: fsm.backOff };
}

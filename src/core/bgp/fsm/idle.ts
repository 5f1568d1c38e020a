import { stop, waitToRetry } from './action.ts';
import { afterReset } from './back-off.ts';
import type { Fsm, FsmAction } from './fsm.ts';
import { resting, stopped } from './leave.ts';
import { answer, begin, ignore, refuse, type Context, type In, type Input, type Transition } from './reaction.ts';

/** Starts at an operator's request, which also cuts a wait short. A connection that rests for another one is started already. */
export function start(fsm: In<'idle'>, _event: Input, context: Context): Transition {
  if (fsm.waitsFor === 'other-connection') return ignore(fsm);
  const { fsm: started, actions } = begin({ ...fsm, backOff: afterReset(fsm.backOff) }, context);
  return { fsm: started, actions: context.settings.passive ? [...stopWaiting(fsm), ...actions] : actions };
}

/** Starts again after the wait that follows an error (RFC 4271 §8.1.1, AutomaticStart). */
export function startAgain(fsm: In<'idle'>, _event: Input, context: Context): Transition {
  return fsm.waitsFor === 'connect-retry' ? begin(fsm, context) : ignore(fsm);
}

/** Stops at an operator's request although nothing runs: the connection must not start again by itself. */
export function stopIdle(fsm: In<'idle'>): Transition {
  return { fsm: stopped(fsm), actions: stopWaiting(fsm) };
}

/** Answers the peer, which dialled while we waited: that is as good as our own next attempt, unless an operator stopped us. */
export function answerIdle(fsm: In<'idle'>, _event: Input, context: Context): Transition {
  if (fsm.waitsFor === 'start') return refuse(fsm);
  return answer(fsm, stopWaiting(fsm), context);
}

/** Rests, because the other connection was kept before this one began. */
export function restIdle(fsm: In<'idle'>): Transition {
  return fsm.waitsFor === 'connect-retry' ? { fsm: resting(fsm), actions: stopWaiting(fsm) } : ignore(fsm);
}

/** Takes its turn, because the connection that was kept has ended; delays of earlier failures do not count. */
export function wake(fsm: In<'idle'>, _event: Input, { jitter }: Context): Transition {
  if (fsm.waitsFor !== 'other-connection') return ignore(fsm);
  const backOff = afterReset(fsm.backOff);
  return { fsm: { state: 'idle', waitsFor: 'connect-retry', backOff }, actions: [waitToRetry(backOff, jitter)] };
}

/** Closes a connection whose dial succeeded after it was given up. */
export function closeLate(fsm: Fsm): Transition {
  return { fsm, actions: [{ type: 'close' }] };
}

function stopWaiting(fsm: In<'idle'>): FsmAction[] {
  return fsm.waitsFor === 'connect-retry' ? stop('connect-retry') : [];
}

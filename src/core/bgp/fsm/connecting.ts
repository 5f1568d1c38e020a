import { dial, sendOpen, stop } from './action.ts';
import type { Fsm } from './fsm.ts';
import { resting, retry, stopped } from './leave.ts';
import { answer, begin, ignore, type Context, type Input, type Transition } from './reaction.ts';

/** Stops at an operator's request before there was a connection. */
export function stopTrying(fsm: Fsm): Transition {
  return { fsm: stopped(fsm), actions: [...stop('connect-retry'), { type: 'close' }] };
}

/** Rests, because the other connection was kept while this one was not there yet. */
export function restTrying(fsm: Fsm): Transition {
  return { fsm: resting(fsm), actions: [...stop('connect-retry'), { type: 'close' }] };
}

/** Dials anew, because the dial hangs (RFC 4271 §8.2.2, Connect, event 9). */
export function redial(fsm: Fsm): Transition {
  return { fsm, actions: [{ type: 'close' }, ...dial()] };
}

/** Dials after the wait (RFC 4271 §8.2.2, Active, event 9); a passive side has nothing to wait for. */
export function dialAgain(fsm: Fsm, _event: Input, context: Context): Transition {
  return context.settings.passive ? ignore(fsm) : begin(fsm, context);
}

/** Sends OPEN on the connection that this side dialled (RFC 4271 §8.2.2, Connect, event 16). */
export function greet(fsm: Fsm, _event: Input, { settings }: Context): Transition {
  return {
    fsm: { state: 'open-sent', backOff: fsm.backOff },
    actions: [...stop('connect-retry'), ...sendOpen(settings)],
  };
}

/** Answers the peer, which has dialled a side that only answers. */
export function answerActive(fsm: Fsm, _event: Input, context: Context): Transition {
  return answer(fsm, [], context);
}

/** Retries later, because the dial failed (RFC 4271 §8.2.2, Connect and Active, event 18). */
export function failDial(fsm: Fsm, _event: Input, { jitter }: Context): Transition {
  return retry(fsm, [], jitter);
}

/** Gives up after an event that has no place before a connection (RFC 4271 §8.2.2, Connect and Active, other events). */
export function giveUp(fsm: Fsm, _event: Input, { jitter }: Context): Transition {
  return retry(fsm, [{ type: 'close' }], jitter);
}

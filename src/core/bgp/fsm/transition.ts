import type { Fsm, FsmEvent, FsmSettings } from './fsm.ts';
import * as connecting from './connecting.ts';
import * as idle from './idle.ts';
import { ignore, refuse, type Context, type In, type Input, type Transition } from './reaction.ts';
import * as session from './session.ts';

type Reaction<S extends Fsm['state'], I extends Input['type']> = (
  fsm: In<S>,
  input: Extract<Input, { type: I }>,
  context: Context,
) => Transition;

type Table = { readonly [S in Fsm['state']]: { readonly [I in Input['type']]: Reaction<S, I> } };

/**
 * The reaction to every event in every state (RFC 4271 §8.2.2).
 *
 * Deviations: a timer that the state did not start is ignored, where the RFC closes the session, because here it can
 * only be one that ran out as it was stopped; a failure before OPEN also counts, or a peer that hangs up at once would
 * be dialled for ever at the shortest delay; an offered connection is taken by the side that answers and refused by the
 * side that dials, because the two directions are two connections here.
 */
const TABLE: Table = {
  idle: {
    ManualStart: idle.start,
    ManualStop: idle.stopIdle,
    ConnectRetryTimerExpired: idle.startAgain,
    HoldTimerExpired: ignore,
    KeepaliveTimerExpired: ignore,
    TransportConnected: idle.closeLate,
    TransportAccepted: idle.answerIdle,
    TransportFailed: ignore,
    OpenCollisionDump: idle.restIdle,
    OtherConnectionEnded: idle.wake,
    MessageMalformed: ignore,
    open: ignore,
    update: ignore,
    keepalive: ignore,
    notification: ignore,
    'route-refresh': ignore,
  },
  connect: {
    ManualStart: ignore,
    ManualStop: connecting.stopTrying,
    ConnectRetryTimerExpired: connecting.redial,
    HoldTimerExpired: ignore,
    KeepaliveTimerExpired: ignore,
    TransportConnected: connecting.greet,
    TransportAccepted: refuse,
    TransportFailed: connecting.failDial,
    OpenCollisionDump: connecting.restTrying,
    OtherConnectionEnded: ignore,
    MessageMalformed: connecting.giveUp,
    open: connecting.giveUp,
    update: connecting.giveUp,
    keepalive: connecting.giveUp,
    notification: connecting.giveUp,
    'route-refresh': connecting.giveUp,
  },
  active: {
    ManualStart: ignore,
    ManualStop: connecting.stopTrying,
    ConnectRetryTimerExpired: connecting.dialAgain,
    HoldTimerExpired: ignore,
    KeepaliveTimerExpired: ignore,
    TransportConnected: connecting.greet,
    TransportAccepted: connecting.answerActive,
    TransportFailed: connecting.failDial,
    OpenCollisionDump: connecting.restTrying,
    OtherConnectionEnded: ignore,
    MessageMalformed: connecting.giveUp,
    open: connecting.giveUp,
    update: connecting.giveUp,
    keepalive: connecting.giveUp,
    notification: connecting.giveUp,
    'route-refresh': connecting.giveUp,
  },
  'open-sent': {
    ManualStart: ignore,
    ManualStop: session.stopConnected,
    ConnectRetryTimerExpired: ignore,
    HoldTimerExpired: session.expire,
    KeepaliveTimerExpired: ignore,
    TransportConnected: ignore,
    TransportAccepted: session.answerAgain,
    TransportFailed: session.loseUnopened,
    OpenCollisionDump: session.yieldCollision,
    OtherConnectionEnded: ignore,
    MessageMalformed: session.malformed,
    open: session.receiveOpen,
    update: session.unexpected,
    keepalive: session.unexpected,
    notification: session.closed,
    'route-refresh': session.unexpected,
  },
  'open-confirm': {
    ManualStart: ignore,
    ManualStop: session.stopConnected,
    ConnectRetryTimerExpired: ignore,
    HoldTimerExpired: session.expire,
    KeepaliveTimerExpired: session.keepAlive,
    TransportConnected: ignore,
    TransportAccepted: session.answerAgain,
    TransportFailed: session.lose,
    OpenCollisionDump: session.yieldCollision,
    OtherConnectionEnded: ignore,
    MessageMalformed: session.malformed,
    open: session.unexpected,
    update: session.unexpected,
    keepalive: session.comeUp,
    notification: session.closed,
    'route-refresh': session.unexpected,
  },
  established: {
    ManualStart: ignore,
    ManualStop: session.stopConnected,
    ConnectRetryTimerExpired: ignore,
    HoldTimerExpired: session.expire,
    KeepaliveTimerExpired: session.keepUp,
    TransportConnected: ignore,
    TransportAccepted: session.answerRestart,
    TransportFailed: session.lose,
    OpenCollisionDump: session.yieldSession,
    OtherConnectionEnded: ignore,
    MessageMalformed: session.malformed,
    open: session.unexpected,
    update: session.deliver,
    keepalive: session.noteAlive,
    notification: session.closed,
    'route-refresh': session.deliverRefresh,
  },
};

/**
 * Takes one step of the state machine of one connection: returns its next state and the actions that are due, in order (RFC
 * 4271 §8). `jitter` is drawn from [0, 1).
 */
export function transition(fsm: Fsm, event: FsmEvent, settings: FsmSettings, jitter: number): Transition {
  const input = event.type === 'MessageReceived' ? event.message : event;
  // Every cell was checked against its state and input above; together the compiler only knows their union.
  const reaction = TABLE[fsm.state][input.type] as (fsm: Fsm, input: Input, context: Context) => Transition;
  return reaction(fsm, input, { settings, jitter });
}

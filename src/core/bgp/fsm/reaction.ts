import type { Message } from '../packet/message.ts';
import { dial, sendOpen } from './action.ts';
import type { Fsm, FsmAction, FsmEvent, FsmSettings } from './fsm.ts';

/** The next state of a connection, and the actions that it requires (RFC 4271 §8.2.2). */
export interface Transition {
  readonly fsm: Fsm;
  readonly actions: readonly FsmAction[];
}

/** The input of a reaction besides state and event. */
export interface Context {
  readonly settings: FsmSettings;
  /** Drawn from [0, 1). */
  readonly jitter: number;
}

/** An event, where each kind of message is an event of its own (RFC 4271 §8.1). */
export type Input = Exclude<FsmEvent, { type: 'MessageReceived' }> | Message;

/** The connection in one of the states. */
export type In<S extends Fsm['state']> = Extract<Fsm, { state: S }>;

/** A connection whose transport is there. */
export type Connected = In<'open-sent' | 'open-confirm' | 'established'>;

/** Changes nothing. */
export function ignore(fsm: Fsm): Transition {
  return { fsm, actions: [] };
}

/** Refuses the peer's dial: a connection that dials does not answer; its sibling does. */
export function refuse(fsm: Fsm): Transition {
  return { fsm, actions: [{ type: 'refuse' }] };
}

/** Takes what the peer has dialled, after what must be done first, if this is the connection that answers. */
export function answer(fsm: Fsm, before: readonly FsmAction[], { settings }: Context): Transition {
  if (!settings.passive) return refuse(fsm);
  return { fsm: { state: 'open-sent', backOff: fsm.backOff }, actions: [...before, ...sendOpen(settings)] };
}

/** Begins to connect: by dialling, or by listening for who only answers (RFC 4271 §8.2.2, Idle, events 1 and 4). */
export function begin({ backOff }: Fsm, { settings }: Context): Transition {
  return settings.passive
    ? { fsm: { state: 'active', backOff }, actions: [] }
    : { fsm: { state: 'connect', backOff }, actions: dial() };
}

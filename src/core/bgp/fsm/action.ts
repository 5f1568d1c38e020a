import type { Keepalive } from '../packet/message.ts';
import { VERSION } from '../packet/message.ts';
import { DIAL_TIMEOUT_MS, retryDelayMs, type BackOff } from './back-off.ts';
import type { FsmAction, FsmSettings, FsmTimer, Negotiated } from './fsm.ts';

/** The hold time while the peer's OPEN is awaited, in milliseconds (RFC 4271 §8.2.2, "a large value"). */
const OPEN_HOLD_TIME_MS = 240_000;

const KEEPALIVE: Keepalive = { type: 'keepalive' };

/** Stops timers that run in the state that is left. */
export function stop(...timers: readonly FsmTimer[]): FsmAction[] {
  return timers.map((timer) => ({ type: 'stop-timer', timer }));
}

/** Begins to dial; the connect-retry timer ends a dial that hangs (RFC 4271 §8.2.2). */
export function dial(): FsmAction[] {
  return [{ type: 'dial' }, { type: 'start-timer', timer: 'connect-retry', delayMs: DIAL_TIMEOUT_MS }];
}

/** Waits before the next attempt (RFC 4271 §8.1.1, IdleHoldTime). */
export function waitToRetry(backOff: BackOff, jitter: number): FsmAction {
  return { type: 'start-timer', timer: 'connect-retry', delayMs: retryDelayMs(backOff, jitter) };
}

/** Says OPEN and waits for the peer's (RFC 4271 §4.2). */
export function sendOpen({ local }: FsmSettings): FsmAction[] {
  return [
    { type: 'send', message: { type: 'open', version: VERSION, ...local } },
    { type: 'start-timer', timer: 'hold', delayMs: OPEN_HOLD_TIME_MS },
  ];
}

/** Says KEEPALIVE and sets the time of the next, a third of the hold time (RFC 4271 §4.4). */
export function sendKeepalive({ holdTimeSeconds }: Negotiated): FsmAction[] {
  const send: FsmAction = { type: 'send', message: KEEPALIVE };
  if (holdTimeSeconds === 0) return [send];
  return [send, { type: 'start-timer', timer: 'keepalive', delayMs: Math.floor((holdTimeSeconds * 1000) / 3) }];
}

/** Gives the peer the whole hold time anew; a hold time of zero never ends (RFC 4271 §4.4). */
export function restartHold({ holdTimeSeconds }: Negotiated): FsmAction[] {
  return holdTimeSeconds === 0 ? [] : [{ type: 'start-timer', timer: 'hold', delayMs: holdTimeSeconds * 1000 }];
}

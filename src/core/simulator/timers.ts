import type { Timer } from '../bgp/state/event.ts';
import { timerKey } from '../bgp/state/timer-key.ts';
import { wholeTicks } from './clock.ts';

/** Raises what is due at a time. */
export type Schedule = (at: number, raise: () => void, foreground: boolean) => void;

interface Armed {
  at: number;
  armed: boolean;
  /** The time of the entry in the queue; a timer that is put off moves on only then, or the queue would fill up. */
  queuedAt: number | undefined;
}

/** The timers of one router, from its start to its crash. */
export class Timers {
  readonly #timers = new Map<string, Armed>();
  readonly #schedule: Schedule;
  readonly #expired: (timer: Timer) => void;

  constructor(schedule: Schedule, expired: (timer: Timer) => void) {
    this.#schedule = schedule;
    this.#expired = expired;
  }

  set(timer: Timer, due: number): void {
    const at = wholeTicks(due);
    const key = timerKey(timer);
    const state = this.#timers.get(key) ?? { at, armed: false, queuedAt: undefined };
    this.#timers.set(key, state);
    state.at = at;
    state.armed = true;
    if (state.queuedAt === undefined || at < state.queuedAt) this.#queue(timer, state);
  }

  clear(timer: Timer): void {
    const state = this.#timers.get(timerKey(timer));
    if (state !== undefined) state.armed = false;
  }

  stop(): void {
    for (const state of this.#timers.values()) state.armed = false;
  }

  #queue(timer: Timer, state: Armed): void {
    const { at } = state;
    state.queuedAt = at;
    const raise = (): void => {
      if (state.queuedAt !== at) return;
      state.queuedAt = undefined;
      if (!state.armed) return;
      if (state.at > at) {
        this.#queue(timer, state);
        return;
      }
      state.armed = false;
      this.#expired(timer);
    };
    // Session timers run for ever in a network that is at rest; all others change tables.
    this.#schedule(at, raise, timer.kind !== 'session');
  }
}

import type { Event, Timer } from '../bgp/event.ts';
import { step } from '../bgp/speaker.ts';
import type { Speaker } from '../bgp/state.ts';

/** A speaker with a clock: raises events with the time and runs the timers that the core asks for. */
export class LiveSpeaker {
  readonly speaker: Speaker;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(speaker: Speaker) {
    this.speaker = speaker;
  }

  raise(event: Event): void {
    const now = Date.now();
    for (const effect of step(this.speaker, event, now)) {
      if (effect.type === 'SetTimer') this.#set(effect.timer, effect.at - now);
      if (effect.type === 'ClearTimer') this.#clear(effect.timer);
    }
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #set(timer: Timer, delayMs: number): void {
    this.#clear(timer);
    const expire = (): void => {
      this.#timers.delete(JSON.stringify(timer));
      this.raise({ type: 'TimerExpired', timer, jitter: Math.random() });
    };
    this.#timers.set(JSON.stringify(timer), setTimeout(expire, delayMs));
  }

  #clear(timer: Timer): void {
    const key = JSON.stringify(timer);
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }
}

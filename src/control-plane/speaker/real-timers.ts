import type { Timer } from '../../core/bgp/state/event.ts';
import { timerKey } from '../../core/bgp/state/timer-key.ts';

interface Running {
  readonly timer: Timer;
  at: number;
  handle: NodeJS.Timeout;
}

export interface RealTimersOptions {
  /** Monotonic clock in milliseconds since 1970. */
  readonly now: () => number;
  readonly expired: (timer: Timer) => void;
}

/**
 * Timers that the core has set. Those that are due when they are set expire together, at the end of the turn of the
 * event loop.
 */
export class RealTimers {
  readonly #options: RealTimersOptions;
  readonly #running = new Map<string, Running>();
  readonly #due = new Map<string, Timer>();
  #flush: NodeJS.Immediate | undefined;

  constructor(options: RealTimersOptions) {
    this.#options = options;
  }

  /** Sets a timer, in place of an earlier setting. */
  set(timer: Timer, at: number): void {
    const key = timerKey(timer);
    const now = this.#options.now();
    if (at <= now) {
      this.#cancel(key);
      this.#due.set(key, timer);
      this.#flush ??= setImmediate(() => {
        this.#expireDue();
      });
      return;
    }
    this.#due.delete(key);
    const running = this.#running.get(key);
    // Every message postpones a hold timer. The earlier handle runs on and checks the new time when it fires.
    if (running !== undefined && running.at <= at) {
      running.at = at;
      return;
    }
    this.#cancel(key);
    this.#running.set(key, { timer, at, handle: this.#arm(key, at - now) });
  }

  clear(timer: Timer): void {
    const key = timerKey(timer);
    this.#due.delete(key);
    this.#cancel(key);
  }

  stop(): void {
    for (const { handle } of this.#running.values()) clearTimeout(handle);
    this.#running.clear();
    this.#due.clear();
    clearImmediate(this.#flush);
  }

  #cancel(key: string): void {
    const running = this.#running.get(key);
    if (running === undefined) return;
    clearTimeout(running.handle);
    this.#running.delete(key);
  }

  #arm(key: string, delayMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#ring(key);
    }, delayMs);
  }

  #ring(key: string): void {
    const running = this.#running.get(key);
    if (running === undefined) return;
    const left = running.at - this.#options.now();
    if (left > 0) {
      running.handle = this.#arm(key, left);
      return;
    }
    this.#running.delete(key);
    this.#options.expired(running.timer);
  }

  #expireDue(): void {
    this.#flush = undefined;
    const due = [...this.#due.values()];
    this.#due.clear();
    for (const timer of due) this.#options.expired(timer);
  }
}

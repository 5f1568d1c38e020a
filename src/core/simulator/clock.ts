import { EventQueue } from './event-queue.ts';

interface Task {
  readonly run: () => void;
  readonly foreground: boolean;
}

/** The resolution of virtual time: binary fractions of a millisecond, which dates in milliseconds hold exactly. */
const TICKS_PER_MS = 8;

/** Returns a time or duration as the clock can show it, not shorter. */
export function wholeTicks(ms: number): number {
  return Math.ceil(ms * TICKS_PER_MS) / TICKS_PER_MS;
}

/** Virtual time: it stands still while something happens and leaps to the next thing that will. */
export class Clock {
  readonly #queue = new EventQueue<Task>();
  #now = 0;
  #ran = 0;
  #foreground = 0;

  /** Milliseconds since the network was switched on. */
  get now(): number {
    return this.#now;
  }

  /** The number of tasks that have run so far. */
  get ran(): number {
    return this.#ran;
  }

  /** True if only those tasks are left that a network at rest repeats for ever: keepalives, and dials to routers that do not answer. */
  get idle(): boolean {
    return this.#foreground === 0;
  }

  /** Schedules a task. A time that has passed means now, after the tasks that already wait for now. */
  schedule(at: number, run: () => void, foreground: boolean): void {
    this.#queue.push(Math.max(wholeTicks(at), this.#now), { run, foreground });
    if (foreground) this.#foreground++;
  }

  /** Lets the next thing happen, unless that is later than the limit. */
  runNext(limit: number): boolean {
    const { nextAt } = this.#queue;
    if (nextAt === undefined || nextAt > limit) return false;
    const task = this.#queue.pop();
    if (task === undefined) return false;
    this.#now = task.at;
    this.#ran++;
    if (task.item.foreground) this.#foreground--;
    task.item.run();
    return true;
  }
}

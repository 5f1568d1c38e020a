import type { Link } from './link.ts';
import type { ReadPace } from './read-pace.ts';

export interface ReaderOptions {
  readonly link: Pick<Link, 'pause' | 'resume'>;
  readonly pace: ReadPace;
  /** Monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Pauses a link while messages wait for processing or its peer exceeds its pace. */
export class Reader {
  readonly #options: ReaderOptions;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #isPaused = false;
  #resumedAt = -Infinity;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Records that a message of `bytes` bytes has arrived. */
  came(bytes: number): void {
    const { pace, now } = this.#options;
    this.#waiting += 1;
    pace.take(bytes, now());
  }

  /** Records that a message has been processed. */
  done(): void {
    this.#waiting -= 1;
    if (this.#isPaused) this.settle();
  }

  /** Pauses or resumes the link, depending on the pace and the waiting messages. */
  settle(): void {
    const { link, pace, now } = this.#options;
    const waitMs = pace.waitMs(now());
    if (waitMs > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.settle();
      }, waitMs);
    }
    const isPaused = waitMs > 0 || this.#waiting > 0;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) return link.pause();
    this.#resumedAt = now();
    link.resume();
  }

  /** Returns the earliest time at which the hold timer may expire. Unread messages prove that the peer is up. */
  silentAt(holdMs: number): number {
    return (this.#isPaused ? this.#options.now() : this.#resumedAt) + holdMs;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

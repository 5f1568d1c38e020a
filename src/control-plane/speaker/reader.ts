import type { Link } from './link.ts';
import type { ReadPace } from './read-pace.ts';

export interface ReaderOptions {
  readonly link: Pick<Link, 'pause' | 'resume'>;
  readonly pace: ReadPace;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** Reads a link on only when what has come is done, and when the pace of its peer allows it. */
export class Reader {
  readonly #options: ReaderOptions;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #isPaused = false;
  #resumedAt = -Infinity;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** A message of so many bytes has come. */
  came(bytes: number): void {
    const { pace, now } = this.#options;
    this.#waiting += 1;
    pace.take(bytes, now());
  }

  /** A message that has come is done. */
  done(): void {
    this.#waiting -= 1;
    if (this.#isPaused) this.settle();
  }

  /** Pauses the link or resumes it, as things are. */
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

  /** When the peer would be silent by its own fault: messages that we did not read say that it lives. */
  silentAt(holdMs: number): number {
    return (this.#isPaused ? this.#options.now() : this.#resumedAt) + holdMs;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

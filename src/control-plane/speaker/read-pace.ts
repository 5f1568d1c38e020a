/** Rates at which a peer may send without limit of time. */
const BYTES_PER_MS = (1024 * 1024) / 1_000;
const MESSAGES_PER_MS = 200 / 1_000;

/** Burst that a peer may send after a period of silence. */
export interface Burst {
  readonly bytes: number;
  readonly messages: number;
}

/**
 * Limits the rate at which a peer is read, with one token bucket for bytes and one for messages. A message may overdraw
 * the buckets. No further message is read until they have refilled.
 */
export class ReadPace {
  readonly #burst: Burst;
  #bytes: number;
  #messages: number;
  #at: number;

  /** Starts with full buckets. All times are monotonic and in milliseconds. */
  constructor(burst: Burst, now: number) {
    this.#burst = burst;
    this.#bytes = burst.bytes;
    this.#messages = burst.messages;
    this.#at = now;
  }

  /** Takes one message of `bytes` bytes out of the buckets. */
  take(bytes: number, now: number): void {
    this.#refill(now);
    this.#bytes -= bytes;
    this.#messages -= 1;
  }

  /** Returns the time until reading may go on, in milliseconds. */
  waitMs(now: number): number {
    this.#refill(now);
    return Math.ceil(Math.max(0, -this.#bytes / BYTES_PER_MS, -this.#messages / MESSAGES_PER_MS));
  }

  /** Returns true if both buckets are full, as those of a new pace are. */
  isFull(now: number): boolean {
    this.#refill(now);
    return this.#bytes === this.#burst.bytes && this.#messages === this.#burst.messages;
  }

  #refill(now: number): void {
    const passed = now - this.#at;
    this.#at = now;
    this.#bytes = Math.min(this.#burst.bytes, this.#bytes + passed * BYTES_PER_MS);
    this.#messages = Math.min(this.#burst.messages, this.#messages + passed * MESSAGES_PER_MS);
  }
}

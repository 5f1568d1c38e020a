/** What a peer may send for ever. */
const BYTES_PER_MS = (1024 * 1024) / 1_000;
const MESSAGES_PER_MS = 200 / 1_000;

/** What a peer may send at once, after a time of silence. */
export interface Burst {
  readonly bytes: number;
  readonly messages: number;
}

/**
 * How much of a peer is read: a bucket of bytes and one of messages, which fill up slowly. The message that takes more than
 * is left is still read, and no other one until that is made up for.
 */
export class ReadPace {
  readonly #burst: Burst;
  #bytes: number;
  #messages: number;
  #at: number;

  /** Both buckets are full; times are in milliseconds and never go back. */
  constructor(burst: Burst, now: number) {
    this.#burst = burst;
    this.#bytes = burst.bytes;
    this.#messages = burst.messages;
    this.#at = now;
  }

  /** Takes a message of so many bytes out of the buckets. */
  take(bytes: number, now: number): void {
    this.#refill(now);
    this.#bytes -= bytes;
    this.#messages -= 1;
  }

  /** How long nothing is read, in milliseconds. */
  waitMs(now: number): number {
    this.#refill(now);
    return Math.ceil(Math.max(0, -this.#bytes / BYTES_PER_MS, -this.#messages / MESSAGES_PER_MS));
  }

  /** True if a new one would be no different. */
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

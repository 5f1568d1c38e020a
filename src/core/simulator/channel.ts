import { wholeTicks } from './clock.ts';
import type { Random } from './random.ts';

/** The conditions under which a link carries messages. */
export interface Conditions {
  /** The time that one way takes at least, in milliseconds. */
  readonly latencyMs: number;
  /** The longest extra delay of a message, as a share of the latency; it lets links overtake one another. */
  readonly reorder: number;
  /** The probability that a segment is lost and has to be sent again. */
  readonly loss: number;
}

/** The least time after which TCP sends a lost segment again (RFC 6298 §2.4 asks for a second, Linux uses this). */
const RETRANSMIT_MS = 200;

/** No segment is lost more often than this in a row: a link that loses for longer is a partition. */
const MAX_RETRANSMITS = 6;

/**
 * One direction of a connection, as TCP makes it: what is lost comes late, and what is behind it waits. So nothing is
 * ever missing or out of order inside a connection; only different connections overtake one another.
 */
export class Channel<T> {
  readonly #waiting: T[] = [];
  #head = 0;
  #lastArrival = 0;
  /** Arrivals that came while the link was partitioned. */
  #stalled = 0;

  /** Puts an item on the way and returns when it will arrive. */
  send(item: T, now: number, conditions: Conditions, random: Random): number {
    this.#waiting.push(item);
    return this.#arrival(now + delay(conditions, random));
  }

  /** Takes the oldest item on the way: the one that arrives now. */
  receive(): T | undefined {
    const item = this.#waiting[this.#head];
    this.#head++;
    if (this.#head > 64 && this.#head * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Notes that the item which should have arrived now is still on the way. */
  stall(): void {
    this.#stalled++;
  }

  /** Returns the new arrival times of all that stalled, now that segments are sent again. */
  resume(now: number, conditions: Conditions, random: Random): number[] {
    const arrivals = Array.from({ length: this.#stalled }, () => this.#arrival(now + delay(conditions, random)));
    this.#stalled = 0;
    return arrivals;
  }

  /** Returns an arrival time that is not before that of an earlier item. */
  #arrival(at: number): number {
    this.#lastArrival = Math.max(this.#lastArrival, at);
    return this.#lastArrival;
  }
}

/** Returns the time that one message takes under the conditions of a link. */
export function delay(conditions: Conditions, random: Random): number {
  let total = conditions.latencyMs;
  if (conditions.reorder > 0) total += conditions.latencyMs * conditions.reorder * random.next();
  let retransmit = Math.max(RETRANSMIT_MS, 3 * conditions.latencyMs);
  for (let lost = 0; lost < MAX_RETRANSMITS && conditions.loss > 0 && random.next() < conditions.loss; lost++) {
    total += retransmit;
    retransmit *= 2;
  }
  return wholeTicks(total);
}

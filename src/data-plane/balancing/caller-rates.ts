import { LruMap } from './lru-map.ts';

export interface CallerLimits {
  /** Calls per minute that a caller may make in the long run. */
  readonly maxPerMinute: number;
  /** Calls that a caller may make at once after a pause. */
  readonly maxBurst: number;
}

/**
 * Maximum number of callers with a bucket. An evicted caller starts with a full bucket, so the map must hold all
 * frequent callers.
 */
const MAX_CALLERS = 10_000;

/** Weight of a token. A caller gains `maxPerMinute` of weight per millisecond, so that all values stay integers. */
const TOKEN = 60_000;

interface Bucket {
  readonly weight: number;
  readonly at: number;
}

/**
 * Limits how often each caller calls. Each caller has a token bucket that refills evenly, and each call takes a token.
 */
export class CallerRates {
  readonly #buckets = new LruMap<string, Bucket>(MAX_CALLERS);
  readonly #limits: CallerLimits;

  constructor(limits: CallerLimits) {
    this.#limits = limits;
  }

  /**
   * Takes a token for a call. Returns the milliseconds until the next token if there is none. `now` must never
   * decrease.
   */
  take(caller: string, now: number): number | undefined {
    const { maxPerMinute, maxBurst } = this.#limits;
    const full = maxBurst * TOKEN;
    const { weight, at } = this.#buckets.get(caller) ?? { weight: full, at: now };
    const filled = Math.min(full, weight + (now - at) * maxPerMinute);
    const isShort = filled < TOKEN;
    this.#buckets.set(caller, { weight: isShort ? filled : filled - TOKEN, at: now });
    return isShort ? Math.ceil((TOKEN - filled) / maxPerMinute) : undefined;
  }
}

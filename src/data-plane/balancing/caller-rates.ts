import { LruMap } from './lru-map.ts';

export interface CallerLimits {
  /** How many calls a caller may make in a minute, in the long run. */
  readonly maxPerMinute: number;
  /** How many of them at once, after a pause. */
  readonly maxBurst: number;
}

/** A caller that is forgotten may begin anew, so there must be more room than callers that come often. */
const MAX_CALLERS = 10_000;

/** What a token weighs: a caller gains `maxPerMinute` of these in every millisecond, so that all stays in whole numbers. */
const TOKEN = 60_000;

interface Bucket {
  readonly weight: number;
  readonly at: number;
}

/** Bounds how often each caller calls: everyone has a bucket of tokens that fills evenly, and pays one for each call. */
export class CallerRates {
  readonly #buckets = new LruMap<string, Bucket>(MAX_CALLERS);
  readonly #limits: CallerLimits;

  constructor(limits: CallerLimits) {
    this.#limits = limits;
  }

  /** Takes a token for a call; where there is none, says in how many milliseconds there will be. `now` only ever grows. */
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

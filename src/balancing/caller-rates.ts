import { Recent } from './recent.ts';

export interface CallerLimits {
  /** How many calls a caller may make in a minute, in the long run. */
  readonly maxPerMinute: number;
  /** How many of them at once, after a pause. */
  readonly maxBurst: number;
}

/** A caller that is forgotten may begin anew, so there must be more room than callers that come often. */
const MAX_CALLERS = 10_000;

const MINUTE_MS = 60_000;

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** Bounds how often each caller calls: everyone has a bucket of tokens that fills evenly, and pays one for each call. */
export class CallerRates {
  readonly #buckets = new Recent<string, Bucket>(MAX_CALLERS);
  readonly #limits: CallerLimits;

  constructor(limits: CallerLimits) {
    this.#limits = limits;
  }

  /** Takes a token for a call; where there is none, says in how many milliseconds there will be. `now` only ever grows. */
  take(caller: string, now: number): number | undefined {
    const { maxPerMinute, maxBurst } = this.#limits;
    const perMs = maxPerMinute / MINUTE_MS;
    const { tokens, at } = this.#buckets.get(caller) ?? { tokens: maxBurst, at: now };
    const filled = Math.min(maxBurst, tokens + (now - at) * perMs);
    const left = filled < 1 ? filled : filled - 1;
    this.#buckets.set(caller, { tokens: left, at: now });
    return filled < 1 ? Math.ceil((1 - filled) / perMs) : undefined;
  }
}

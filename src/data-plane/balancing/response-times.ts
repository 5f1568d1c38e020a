import { QuantileWindow } from './quantile-window.ts';
import { LruMap } from './lru-map.ts';

const MAX_MEASURED = 1_000;

/** Number of samples that each window keeps. */
const NEWEST = 100;

/** Minimum number of samples for the 95th percentile. */
const ENOUGH = 20;

const USUAL = 0.95;

/** Recent response times of agents at next hops, as this router measures them. They are not advertised. */
export class ResponseTimes {
  readonly #windows = new LruMap<string, QuantileWindow>(MAX_MEASURED);

  /** Returns the time within which 19 of 20 calls were answered; undefined if there are too few samples. */
  usualMs(nextHop: string, agent: string): number | undefined {
    const window = this.#windows.get(`${nextHop} ${agent}`);
    return window === undefined || window.count < ENOUGH ? undefined : window.quantile(USUAL);
  }

  took(nextHop: string, agent: string, ms: number): void {
    const key = `${nextHop} ${agent}`;
    const window = this.#windows.get(key) ?? new QuantileWindow(NEWEST);
    window.add(ms);
    this.#windows.set(key, window);
  }
}

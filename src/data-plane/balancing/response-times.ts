import { QuantileWindow } from './quantile-window.ts';
import { LruMap } from './lru-map.ts';

const MAX_MEASURED = 1_000;

/** What counts as lately. */
const NEWEST = 100;

/** Fewer say nothing of one in twenty. */
const ENOUGH = 20;

const USUAL = 0.95;

/** How long the calls of an agent at a next hop have taken lately, as this router itself sees it. Nobody is told of it. */
export class ResponseTimes {
  readonly #windows = new LruMap<string, QuantileWindow>(MAX_MEASURED);

  /** In what time 19 of 20 calls were answered; undefined while too few are known. */
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

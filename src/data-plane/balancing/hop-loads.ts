import { LruMap } from './lru-map.ts';

const MAX_MEASURED = 10_000;

/** Weight of one sample in the moving average of response times. */
const SAMPLE_WEIGHT = 0.3;

/** Load and response times of next hops, as this router measures them while it calls them. They are not advertised. */
export class HopLoads {
  readonly #outstanding = new Map<string, number>();
  readonly #latencyMs = new LruMap<string, number>(MAX_MEASURED);

  /** Returns the number of calls that run at a next hop. */
  outstanding(nextHop: string): number {
    return this.#outstanding.get(nextHop) ?? 0;
  }

  /** Returns the recent response time of an agent at a next hop; undefined if none was measured. */
  latencyMs(nextHop: string, agent: string): number | undefined {
    return this.#latencyMs.get(`${nextHop} ${agent}`);
  }

  began(nextHop: string): void {
    this.#outstanding.set(nextHop, this.outstanding(nextHop) + 1);
  }

  ended(nextHop: string): void {
    const left = this.outstanding(nextHop) - 1;
    if (left > 0) this.#outstanding.set(nextHop, left);
    else this.#outstanding.delete(nextHop);
  }

  /** Records a response time of an agent. */
  took(nextHop: string, agent: string, ms: number): void {
    const before = this.latencyMs(nextHop, agent) ?? ms;
    this.#latencyMs.set(`${nextHop} ${agent}`, before + (ms - before) * SAMPLE_WEIGHT);
  }
}

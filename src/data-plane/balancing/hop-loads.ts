import { LruMap } from './lru-map.ts';

const MAX_MEASURED = 10_000;

/** How far one answer moves the average time. */
const SAMPLE_WEIGHT = 0.3;

/** What this router itself sees of its next hops while it calls them. Nobody is told of it. */
export class HopLoads {
  readonly #outstanding = new Map<string, number>();
  readonly #latencyMs = new LruMap<string, number>(MAX_MEASURED);

  /** How many calls of a next hop are under way. */
  outstanding(nextHop: string): number {
    return this.#outstanding.get(nextHop) ?? 0;
  }

  /** How long an agent took lately at a next hop; undefined while that is not known. */
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

  /** Takes in how long an agent took. */
  took(nextHop: string, agent: string, ms: number): void {
    const before = this.latencyMs(nextHop, agent) ?? ms;
    this.#latencyMs.set(`${nextHop} ${agent}`, before + (ms - before) * SAMPLE_WEIGHT);
  }
}

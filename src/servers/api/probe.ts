import { z } from 'zod';
import { LISTING_SHAPE, parseJson } from '../../base/bodies/parse-json.ts';
import { ProbeFailed } from './probe-failed.ts';
import { NO_LOAD, type Load } from '../../control-plane/health/score.ts';

/** Load in a server's status. A value that is not a number counts as 0. */
const loadSchema = z.object({
  queueDepth: z.number().nonnegative().catch(0),
  cpuUsage: z.number().nonnegative().catch(0),
});

/** Number of probes without a request for `/status` after it failed. Most servers have no `/status`. */
const LOAD_REST = 10;

/** Probes one server with small requests: the short list of its agents, and its load if it reports it. */
export class Probe {
  readonly #baseUrl: string;
  readonly #fetch: typeof globalThis.fetch;
  /** Number of further probes that skip `/status`. */
  #rest = 0;

  constructor(baseUrl: string, fetch: typeof globalThis.fetch) {
    this.#baseUrl = baseUrl;
    this.#fetch = fetch;
  }

  /**
   * Returns the response time of the list and the load that the server reports. Rejects if the list did not arrive.
   * `isListing` receives the text of the list and returns true if it is one.
   */
  async run(
    signal: AbortSignal,
    isListing: (text: string) => boolean,
  ): Promise<{ readonly responseTimeMs: number; readonly load: Load }> {
    const started = performance.now();
    const listing = await this.#fetch(`${this.#baseUrl}/api/agents?partial=true`, { signal });
    const text = await listing.text();
    const responseTimeMs = performance.now() - started;
    if (!listing.ok || !isListing(text)) throw new ProbeFailed(this.#baseUrl);
    return { responseTimeMs, load: await this.#load(signal) };
  }

  async #load(signal: AbortSignal): Promise<Load> {
    if (this.#rest > 0) {
      this.#rest -= 1;
      return NO_LOAD;
    }
    try {
      const status = await this.#fetch(`${this.#baseUrl}/status`, { signal });
      return loadSchema.parse(parseJson(await status.text(), LISTING_SHAPE));
    } catch {
      this.#rest = LOAD_REST;
      return NO_LOAD;
    }
  }
}

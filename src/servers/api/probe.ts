import { z } from 'zod';
import { LISTING_SHAPE, parseJson } from '../../base/bodies/parse-json.ts';
import { ProbeFailed } from './probe-failed.ts';
import { NO_LOAD, type Load } from '../../control-plane/health/score.ts';

/** Servers say what they like; what is no number says nothing. */
const loadSchema = z.object({
  queueDepth: z.number().nonnegative().catch(0),
  cpuUsage: z.number().nonnegative().catch(0),
});

/** After how many probes `/status` is asked for again where it did not come: most servers have none. */
const LOAD_REST = 10;

/** Looks after one server, lightly: asks for the short list of its agents, and how busy it is where it tells. */
export class Probe {
  readonly #baseUrl: string;
  readonly #fetch: typeof globalThis.fetch;
  /** For how many probes more `/status` is not asked for. */
  #rest = 0;

  constructor(baseUrl: string, fetch: typeof globalThis.fetch) {
    this.#baseUrl = baseUrl;
    this.#fetch = fetch;
  }

  /**
   * Returns how long the list took, and what the server says of its load; rejects when the list did not come. `isListing` takes
   * the text of the list in and returns true if it is one.
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

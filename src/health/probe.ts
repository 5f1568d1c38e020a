import { z } from 'zod';
import { LISTING_SHAPE, parseJson } from '../parse-json.ts';
import { ProbeFailed } from './failures.ts';
import { NO_LOAD, type Load } from './score.ts';

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
  readonly #isListing: (text: string) => boolean;
  /** For how many probes more `/status` is not asked for. */
  #rest = 0;

  /** `isListing` takes in what the server lists, and says whether it is a listing at all. */
  constructor(baseUrl: string, fetch: typeof globalThis.fetch, isListing: (text: string) => boolean) {
    this.#baseUrl = baseUrl;
    this.#fetch = fetch;
    this.#isListing = isListing;
  }

  /** How long the list took, and what the server says of its load; rejects when the list did not come. */
  async run(signal: AbortSignal): Promise<{ readonly responseTimeMs: number; readonly load: Load }> {
    const started = performance.now();
    const listing = await this.#fetch(`${this.#baseUrl}/api/agents?partial=true`, { signal });
    const text = await listing.text();
    const responseTimeMs = performance.now() - started;
    if (!listing.ok || !this.#isListing(text)) throw new ProbeFailed(this.#baseUrl);
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

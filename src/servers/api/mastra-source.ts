import { Failure } from '../../base/failure/failure.ts';
import { checkShape, LISTING_SHAPE } from '../../base/bodies/parse-json.ts';
import { ForeignListing, ListingRefused } from './listing-failures.ts';
import { discoveredAgent } from './discovered-agent.ts';
import type { DiscoveredAgent, Listing, Source } from '../../control-plane/discovery/source.ts';

/** Maximum number of notes of a listing, so that a faulty server does not fill the status. */
const MAX_NOTES = 20;

/** Lists the agents of a Mastra server of any generation. */
export class MastraSource implements Source {
  readonly #baseUrl: string;
  readonly #fetch: typeof globalThis.fetch;
  readonly #mask: (text: string) => string;

  /** `mask` masks configured secrets, because a server's listing is advertised to peers. */
  constructor(baseUrl: string, fetch: typeof globalThis.fetch, mask: (text: string) => string = (text) => text) {
    this.#mask = mask;
    this.#baseUrl = baseUrl;
    this.#fetch = fetch;
  }

  async list(signal: AbortSignal): Promise<Listing> {
    return this.read(await this.#listing(signal));
  }

  read(raw: unknown): Listing {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw new ForeignListing(this.#server);
    const notes: string[] = [];
    const agents: DiscoveredAgent[] = [];
    for (const [id, entry] of Object.entries(raw)) {
      const agent = discoveredAgent(id, entry, notes, this.#mask);
      if (agent !== undefined) agents.push(agent);
    }
    // An object without any agent is an error message or comes from a foreign server.
    if (agents.length === 0 && notes.length > 0) throw new ForeignListing(this.#server);
    return { agents, notes: bounded(notes) };
  }

  async #listing(signal: AbortSignal): Promise<unknown> {
    const { MastraClient } = await import('@mastra/client-js');
    try {
      // Request the short listing. Discovery decides about retries.
      const client = new MastraClient({
        baseUrl: this.#baseUrl,
        retries: 0,
        fetch: this.#fetchChecked,
        abortSignal: signal,
      });
      return await client.listAgents(undefined, true);
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (error instanceof Error && 'status' in error && typeof error.status === 'number')
        throw new ListingRefused(this.#server, error.status);
      throw new ForeignListing(this.#server, { cause: error });
    }
  }

  /** Checks the shape of the body, because the client parses a body of any shape. */
  readonly #fetchChecked: typeof globalThis.fetch = async (input, init) => {
    const response = await this.#fetch(input, init);
    const text = await response.text();
    checkShape(text, LISTING_SHAPE);
    const { status, headers } = response;
    return new Response(text, { status, headers });
  };

  get #server(): string {
    return new URL(this.#baseUrl).origin;
  }
}

function bounded(notes: readonly string[]): readonly string[] {
  if (notes.length <= MAX_NOTES) return notes;
  return [...notes.slice(0, MAX_NOTES), `And ${notes.length - MAX_NOTES} more like these.`];
}

import type { Hop } from '../forwarding/hop.ts';
import { mastraServer } from './mastra/mastra-server.ts';
import { routerServer } from './router/router-server.ts';
import type { ServerClient } from './server-client.ts';

export interface NextServersOptions {
  /** Sends requests to configured servers. */
  readonly known: typeof globalThis.fetch;
  /** Returns what sends requests to a next hop. */
  readonly fetchOf: (hop: Hop) => typeof globalThis.fetch;
  /** Masks configured secrets. */
  readonly mask: (text: string) => string;
}

/** Chooses the client for a next hop: a peer is another router, everything else is called like a Mastra server. */
export class NextServers {
  readonly #options: NextServersOptions;
  readonly #configured = new Map<string, ServerClient>();

  constructor(options: NextServersOptions) {
    this.#options = options;
  }

  /** Returns the client of a configured server, always the same: it remembers which calls each agent wants. */
  configured(url: string): ServerClient {
    const { known: fetch, mask } = this.#options;
    const client = this.#configured.get(url) ?? mastraServer({ baseUrl: url, fetch, mask });
    this.#configured.set(url, client);
    return client;
  }

  /** Returns the client of the server at a next hop. */
  behind(hop: Hop): ServerClient {
    const { nextHop, peer } = hop;
    const { fetchOf, mask } = this.#options;
    const options = { baseUrl: nextHop, fetch: fetchOf(hop), mask };
    if (peer !== undefined) return routerServer(options);
    return this.#configured.get(nextHop) ?? mastraServer(options);
  }
}

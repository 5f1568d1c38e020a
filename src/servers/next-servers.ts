import type { PeerId } from '../core/bgp/rib/route.ts';
import { peerOn, type Hop } from '../data-plane/forwarding/hop.ts';
import { mastraServer } from './mastra/mastra-server.ts';
import { routerServer } from './router/router-server.ts';
import type { ServerClient } from './server-client.ts';

export interface NextServersOptions {
  /** Sends requests to configured servers, and to URLs that callers may name. */
  readonly configured: typeof globalThis.fetch;
  /** Sends requests to next hops that peers have named in place of their own. */
  readonly named: typeof globalThis.fetch;
  /** Returns a `fetch` that sends requests with our session with a peer. */
  readonly fetchTo: (peer: PeerId) => typeof globalThis.fetch;
  /** Masks configured secrets. */
  readonly mask: (text: string) => string;
}

/** Chooses the client for a next hop. A peer is called as a router, and every other next hop as a Mastra server. */
export class NextServers {
  readonly #options: NextServersOptions;
  readonly #configured = new Map<string, ServerClient>();

  constructor(options: NextServersOptions) {
    this.#options = options;
  }

  /**
   * Returns the client of a configured server. It is always the same, because it remembers which API each agent
   * requires.
   */
  configured(url: string): ServerClient {
    const { configured: fetch, mask } = this.#options;
    const client = this.#configured.get(url) ?? mastraServer({ baseUrl: url, fetch, mask });
    this.#configured.set(url, client);
    return client;
  }

  /** Calls an agent at a next hop for the own user. */
  readonly call: ServerClient['call'] = (hop, said, control) => this.#behind(hop).call(hop, said, control);

  /** Relays a peer's call to a next hop. */
  readonly relay: ServerClient['relay'] = (hop, request) => this.#behind(hop).relay(hop, request);

  #behind(hop: Hop): ServerClient {
    const { nextHop: baseUrl, peer } = hop;
    const { configured, named, fetchTo, mask } = this.#options;
    if (peer === undefined) return this.#configured.get(baseUrl) ?? mastraServer({ baseUrl, fetch: configured, mask });
    return routerServer({ baseUrl, fetch: peerOn(hop) === undefined ? named : fetchTo(peer), mask });
  }
}

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
  /** Returns the requests that carry our session with a peer. */
  readonly fetchTo: (peer: PeerId) => typeof globalThis.fetch;
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
    const { configured: fetch, mask } = this.#options;
    const client = this.#configured.get(url) ?? mastraServer({ baseUrl: url, fetch, mask });
    this.#configured.set(url, client);
    return client;
  }

  /** Calls an agent at a next hop, for our own user. */
  readonly call: ServerClient['call'] = (hop, said, control) => this.#behind(hop).call(hop, said, control);

  /** Passes a call of a peer on to a next hop. */
  readonly relay: ServerClient['relay'] = (hop, request) => this.#behind(hop).relay(hop, request);

  #behind(hop: Hop): ServerClient {
    const { nextHop: baseUrl, peer } = hop;
    const { configured, named, fetchTo, mask } = this.#options;
    if (peer === undefined) return this.#configured.get(baseUrl) ?? mastraServer({ baseUrl, fetch: configured, mask });
    return routerServer({ baseUrl, fetch: peerOn(hop) === undefined ? named : fetchTo(peer), mask });
  }
}

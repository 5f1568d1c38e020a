import type { NextHopConfig } from '../config/config.ts';
import { Egress } from '../egress/egress.ts';
import type { Identity } from '../peering/session.ts';
import { covers } from './covers.ts';

/**
 * Calls the next hops that peers have named in place of their own. They are strangers: they get none of the headers that
 * are configured for servers and no token of a session, and their addresses are judged unless they are allowed.
 */
export class NamedNextHops {
  readonly #self: Identity;
  readonly #allowed: readonly NextHopConfig[];
  readonly #egress: Egress;

  constructor(self: Identity, allowed: readonly NextHopConfig[]) {
    this.#self = self;
    this.#allowed = allowed;
    this.#egress = new Egress({ targets: [], allows: ({ href }) => this.#entryFor(href) !== undefined });
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const { href } = new URL(input instanceof Request ? input.url : input);
    const headers = { ...(init?.headers as Record<string, string>), ...(await this.#credentials(href)) };
    return this.#egress.fetch(input, { ...init, headers });
  };

  /** Breaks all connections; calls under way fail. */
  close(): Promise<void> {
    return this.#egress.close();
  }

  async #credentials(href: string): Promise<Record<string, string>> {
    const entry = this.#entryFor(href);
    if (entry?.key === undefined) return {};
    const { callerCredentials } = await import('../peering/callers.ts');
    return callerCredentials(this.#self, entry.url, entry.key);
  }

  /** The closest entry counts. */
  #entryFor(href: string): NextHopConfig | undefined {
    const [closest] = this.#allowed.filter(({ url }) => covers(url, href)).sort((a, b) => b.url.length - a.url.length);
    return closest;
  }
}

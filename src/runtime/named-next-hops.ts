import type { NextHopConfig } from '../config/config.ts';
import type { Identity } from '../peering/session.ts';
import { isAtOrBelow } from '../egress/is-at-or-below.ts';

/** Calls the next hops that peers have named in place of their own. They get no token of a session. */
export class NamedNextHops {
  readonly #self: Identity;
  readonly #allowed: readonly NextHopConfig[];
  readonly #fetch: typeof globalThis.fetch;

  /** `fetch` is what strangers are called by. */
  constructor(self: Identity, allowed: readonly NextHopConfig[], fetch: typeof globalThis.fetch) {
    this.#self = self;
    this.#allowed = allowed;
    this.#fetch = fetch;
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const { href } = new URL(input instanceof Request ? input.url : input);
    const headers = { ...(init?.headers as Record<string, string>), ...(await this.#credentials(href)) };
    return this.#fetch(input, { ...init, headers });
  };

  async #credentials(href: string): Promise<Record<string, string>> {
    const entry = this.#entryFor(href);
    if (entry?.key === undefined) return {};
    const { callerCredentials } = await import('../peering/callers.ts');
    return callerCredentials(this.#self, entry.url, entry.key);
  }

  /** The closest entry counts. */
  #entryFor(href: string): NextHopConfig | undefined {
    const [closest] = this.#allowed
      .filter(({ url }) => isAtOrBelow(url, href))
      .sort((a, b) => b.url.length - a.url.length);
    return closest;
  }
}

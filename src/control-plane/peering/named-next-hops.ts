import { isAtOrBelow } from '../../base/egress/is-at-or-below.ts';
import type { Identity } from '../speaker/identity.ts';

/** A base URL that may be called because a peer has named it as next hop. It includes all URLs below it. */
export interface AllowedNextHop {
  readonly url: string;
  /** Secret that we share with the router there, if it lists us as a caller. */
  readonly key: string | undefined;
}

export interface NamedNextHopsOptions {
  readonly self: Identity;
  readonly allowed: readonly AllowedNextHop[];
  /** Sends requests to URLs that only an untrusted router has named. */
  readonly fetch: typeof globalThis.fetch;
}

/** Calls next hops that peers have named instead of themselves. Such calls carry no token of a session. */
export class NamedNextHops {
  readonly #options: NamedNextHopsOptions;

  constructor(options: NamedNextHopsOptions) {
    this.#options = options;
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const { href } = new URL(input instanceof Request ? input.url : input);
    const headers = { ...(init?.headers as Record<string, string>), ...(await this.#credentials(href)) };
    return this.#options.fetch(input, { ...init, headers });
  };

  async #credentials(href: string): Promise<Record<string, string>> {
    const entry = this.#entryFor(href);
    if (entry?.key === undefined) return {};
    const { callerCredentials } = await import('./callers.ts');
    return callerCredentials(this.#options.self, entry.url, entry.key);
  }

  /** Returns the entry with the longest matching URL. */
  #entryFor(href: string): AllowedNextHop | undefined {
    const { allowed } = this.#options;
    const [closest] = allowed.filter(({ url }) => isAtOrBelow(url, href)).sort((a, b) => b.url.length - a.url.length);
    return closest;
  }
}

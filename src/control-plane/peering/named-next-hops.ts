import { isAtOrBelow } from '../../base/egress/is-at-or-below.ts';
import type { Identity } from '../speaker/identity.ts';

/** A base URL that may be called because a peer has named it; it covers what lies below it. */
export interface AllowedNextHop {
  readonly url: string;
  /** The secret by which the router there knows us, if we are one of its callers. */
  readonly key: string | undefined;
}

export interface NamedNextHopsOptions {
  readonly self: Identity;
  readonly allowed: readonly AllowedNextHop[];
  /** Sends requests to URLs that only a stranger has named. */
  readonly fetch: typeof globalThis.fetch;
}

/** Calls the next hops that peers have named in place of their own. They get no token of a session. */
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

  /** The closest entry counts. */
  #entryFor(href: string): AllowedNextHop | undefined {
    const { allowed } = this.#options;
    const [closest] = allowed.filter(({ url }) => isAtOrBelow(url, href)).sort((a, b) => b.url.length - a.url.length);
    return closest;
  }
}

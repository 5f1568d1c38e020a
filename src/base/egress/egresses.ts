import { Egress, type EgressTarget } from './egress.ts';
import { isAtOrBelow } from './is-at-or-below.ts';

/** The egresses of a router. */
export interface Egresses {
  /** Sends requests to configured servers and peers with their headers, and to URLs that callers may name. */
  readonly configured: Egress;
  /**
   * Sends requests to URLs that only untrusted peers name. Requests never carry configured headers, not even to a URL
   * that is also configured. Addresses are checked unless they are allowed.
   */
  readonly untrusted: Egress;
  /** Closes all connections. Running calls fail. */
  readonly close: () => void;
}

export interface EgressesOptions {
  /** The configured servers and peers. */
  readonly targets: readonly EgressTarget[];
  /** Returns true if a caller may name a URL. */
  readonly mayName: (url: string) => boolean;
  /** Base URLs that untrusted peers may name, at any address. */
  readonly allowNextHops: readonly string[];
  /** Maximum number of calls that run at one next hop. */
  readonly maxConcurrent: number;
}

/**
 * Connections to a next hop besides those of calls: probes, listings, messages to a peer, and calls of other copies of
 * this router.
 */
const MORE_CONNECTIONS = 56;

/** Opens the egresses of a router. */
export function egresses({ targets, mayName, allowNextHops, maxConcurrent }: EgressesOptions): Egresses {
  // Calls wait for a connection in one queue, regardless of the caller. There must be enough connections, or the
  // callers' shares of a next hop would have no effect.
  const maxConnections = maxConcurrent + MORE_CONNECTIONS;
  const configured = new Egress({ targets, allows: ({ href }) => mayName(href), maxConnections });
  const untrusted = new Egress({
    targets: [],
    allows: ({ href }) => allowNextHops.some((base) => isAtOrBelow(base, href)),
    maxConnections,
  });
  return {
    configured,
    untrusted,
    close: () => {
      for (const egress of [configured, untrusted]) void egress.close();
    },
  };
}

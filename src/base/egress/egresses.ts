import { Egress, type EgressTarget } from './egress.ts';
import { isAtOrBelow } from './is-at-or-below.ts';

/** The ways by which requests leave a router. */
export interface Egresses {
  /** To configured servers and peers, each with its headers, and to the URLs that callers may name. */
  readonly configured: Egress;
  /**
   * To URLs that only strangers vouch for. Requests never carry configured headers, not even to a URL that is also configured,
   * and addresses are judged unless they are allowed.
   */
  readonly untrusted: Egress;
  /** Breaks all connections; calls under way fail. */
  readonly close: () => void;
}

export interface EgressesOptions {
  /** The configured servers and peers. */
  readonly targets: readonly EgressTarget[];
  /** True if a caller may name a URL. */
  readonly mayName: (url: string) => boolean;
  /** Base URLs that strangers may lead to, whatever their addresses are. */
  readonly allowNextHops: readonly string[];
  /** The most calls that run at one next hop. */
  readonly maxConcurrent: number;
}

/** The connections of a next hop besides calls: probes, listings, messages to a peer, and calls of other copies of this router. */
const MORE_CONNECTIONS = 56;

/** Opens the egresses of a router. */
export function egresses({ targets, mayName, allowNextHops, maxConcurrent }: EgressesOptions): Egresses {
  // A call that waits for a connection waits behind all others, so that a caller's share of a next hop would be worth nothing.
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

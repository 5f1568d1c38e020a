import type { Config } from '../config/config.ts';
import { Egress } from '../egress/egress.ts';
import { covers } from './covers.ts';

/** What requests go out by. */
export interface WaysOut {
  /** To servers and peers that are configured, each with its headers, and to what callers may name. */
  readonly known: Egress;
  /**
   * To those whose URL is a stranger's word alone: they get none of those headers, also where they say to be one of the
   * configured, and their addresses are judged unless they are allowed.
   */
  readonly strangers: Egress;
  /** Breaks all connections; calls under way fail. */
  readonly close: () => void;
}

/** What a next hop gets besides calls: probes, listings, messages to a peer, and calls of other copies of this router. */
const MORE_CONNECTIONS = 56;

/** The ways out of a router; `mayName` is which URLs its callers may name. */
export function waysOut({ servers, peering, egress, calls }: Config, mayName: (url: string) => boolean): WaysOut {
  // Who waits for a connection waits behind everybody: the share that callers have of a next hop would be worth nothing.
  const maxConnections = calls.maxConcurrent + MORE_CONNECTIONS;
  const peers = (peering?.peers ?? []).flatMap(({ url }) => (url === undefined ? [] : [{ baseUrl: url }]));
  const known = new Egress({
    targets: [...servers.map(({ url, headers }) => ({ baseUrl: url, headers })), ...peers],
    allows: ({ href }) => mayName(href),
    maxConnections,
  });
  const strangers = new Egress({
    targets: [],
    allows: ({ href }) => egress.allowNextHops.some(({ url }) => covers(url, href)),
    maxConnections,
  });
  return {
    known,
    strangers,
    close: () => {
      for (const way of [known, strangers]) void way.close();
    },
  };
}

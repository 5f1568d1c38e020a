import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';

/** Returns the message counts of a peer, the time of its last message and its last dial error. */
export type TrafficOf = (peer: PeerId) => {
  readonly sent: Readonly<Record<string, number>>;
  readonly received: Readonly<Record<string, number>>;
  readonly heardAt: number | undefined;
  readonly dialError: string | undefined;
};

/** An agent server with the error of its last poll. */
export interface AdminServer {
  readonly name: string;
  readonly url: string;
  readonly asn: number;
  readonly error: string | undefined;
}

export interface AdminOptions {
  readonly version: string;
  readonly speaker: Speaker;
  /** URL at which other routers reach this one, if any. */
  readonly advertiseUrl: string | undefined;
  readonly trafficOf: TrafficOf;
  readonly servers: () => Iterable<AdminServer>;
  /** Returns the number of other copies of this router that work through this one. */
  readonly followers: () => number;
  /** Sentences about the configuration that an operator should review. */
  readonly warnings: readonly string[];
}

import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';

/** What was said to and heard from a peer. */
export type TrafficOf = (peer: PeerId) => {
  readonly sent: Readonly<Record<string, number>>;
  readonly received: Readonly<Record<string, number>>;
  readonly heardAt: number | undefined;
  readonly dialError: string | undefined;
};

/** A server of agents, and how it answered last. */
export interface AdminServer {
  readonly name: string;
  readonly url: string;
  readonly asn: number;
  readonly error: string | undefined;
}

export interface AdminOptions {
  readonly version: string;
  readonly speaker: Speaker;
  /** Where others reach this router, if they do. */
  readonly advertiseUrl: string | undefined;
  readonly trafficOf: TrafficOf;
  readonly servers: () => Iterable<AdminServer>;
  /** How many other copies of this router work through this one. */
  readonly followers: () => number;
  /** What an operator should know of the configuration, in whole sentences. */
  readonly warnings: readonly string[];
}

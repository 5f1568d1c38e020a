import type { PeerId } from '../../core/bgp/rib/route.ts';

/** The router that makes a request: a peer, or a caller without a session. */
export interface CallingRouter {
  readonly id: PeerId;
  /**
   * Name under which its calls are counted. Guests of one AS share a name, because each guest may choose its router id.
   */
  readonly account: string;
}

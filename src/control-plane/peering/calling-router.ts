import type { PeerId } from '../../core/bgp/rib/route.ts';

/** The router on whose behalf a request comes: a peer, or a caller without a session. */
export interface CallingRouter {
  readonly id: PeerId;
  /** The name by which its calls are counted. Guests share that of their AS, since each may choose its router id. */
  readonly account: string;
}

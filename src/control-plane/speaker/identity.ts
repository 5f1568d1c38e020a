import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { RouterId } from '../../core/bgp/packet/router-id.ts';

/** The AS number and router id with which a router introduces itself. */
export interface Identity {
  readonly asn: Asn;
  readonly routerId: RouterId;
}

import type { Asn } from '../bgp/packet/asn.ts';
import type { RouterId } from '../bgp/packet/router-id.ts';

/** A router as it introduces itself. */
export interface Identity {
  readonly asn: Asn;
  readonly routerId: RouterId;
}

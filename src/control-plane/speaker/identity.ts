import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { RouterId } from '../../core/bgp/packet/router-id.ts';

/** A router as it introduces itself. */
export interface Identity {
  readonly asn: Asn;
  readonly routerId: RouterId;
}

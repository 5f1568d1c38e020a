import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';

/** Returns the id of a router that may call without being a peer. It differs from the ids of all peers. */
export function callerId(asn: Asn): PeerId {
  return `caller:as${asn}`;
}

import type { Crossed } from '../../../../src/core/bgp/packet/crossed.ts';
import { routeHop, type Hop } from '../../../../src/data-plane/forwarding/hop.ts';
import { routeWith } from '../../core/bgp/support/route.ts';

export const router = (last: number): Crossed => ({ asn: 65000 + last, routerId: `10.0.0.${last}` });

/** Returns the hop to the peer of this number. */
export const peerHop = (last: number, attributes = {}): Hop =>
  routeHop(
    routeWith({
      peer: { id: `peer${last}`, ...router(last), address: `http://${last}` },
      attributes: { nextHop: `http://${last}`, ...attributes },
    }),
    'weatherAgent',
  );

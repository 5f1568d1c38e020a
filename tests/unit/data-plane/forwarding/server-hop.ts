import { routeHop, type Hop } from '../../../../src/data-plane/forwarding/hop.ts';
import { routeWith } from '../../core/bgp/support/route.ts';

/** Returns the hop to one of our own agent servers. */
export const serverHop = (last: number): Hop =>
  routeHop(
    routeWith({
      source: { kind: 'stub', id: `server${last}`, asn: 65001, rank: last },
      attributes: { nextHop: `http://server${last}` },
    }),
    'weatherAgent',
  );

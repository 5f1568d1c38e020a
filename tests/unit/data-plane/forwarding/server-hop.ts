import { routeHop, type Hop } from '../../../../src/data-plane/forwarding/hop.ts';
import { routeWith } from '../../core/bgp/support/route.ts';

/** The way to an agent server of our own. */
export const serverHop = (last: number): Hop =>
  routeHop(
    routeWith({
      source: { kind: 'stub', id: `server${last}`, asn: 65001, rank: last },
      attributes: { nextHop: `http://server${last}` },
    }),
    'weatherAgent',
  );

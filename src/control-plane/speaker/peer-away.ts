import type { PeerId } from '../../core/bgp/rib/route.ts';
import { Failure } from '../../base/failure/failure.ts';

/** Failure of a call because the session with the peer that announced the route is down. */
export class PeerAway extends Failure {
  constructor(peer: PeerId) {
    super('SERVER_UNAVAILABLE', `There is no session with ${peer} at the moment. Try again later.`, {
      blames: 'server',
    });
  }
}

import type { PeerId } from '../../core/bgp/rib/route.ts';
import { Failure } from '../../base/failure/failure.ts';

/** There is no session with the peer that the route came from. */
export class PeerAway extends Failure {
  constructor(peer: PeerId) {
    super('SERVER_UNAVAILABLE', `There is no session with ${peer} at the moment. Try again in a while.`, {
      blames: 'server',
    });
  }
}

import type { Notification } from '../../core/bgp/packet/message.ts';
import { notification } from '../../core/bgp/packet/notification.ts';
import type { RouterId } from '../../core/bgp/packet/router-id.ts';
import { PeerRefused } from './peer-refused.ts';
import type { Identity } from '../speaker/identity.ts';

/**
 * Error for a router whose peer has an established session with another router. The router has proved itself, so it
 * gets the reason.
 */
export class SessionHeld extends PeerRefused {
  constructor({ asn, routerId }: Identity, other: RouterId) {
    super(`AS ${asn} is established here as router ${routerId}; router ${other} must wait until that session ends`);
  }

  override get status(): 409 {
    return 409;
  }

  override get answer(): Notification {
    return notification('connection-collision', this.message);
  }
}

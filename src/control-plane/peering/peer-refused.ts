import type { Notification } from '../../core/bgp/packet/message.ts';
import { notification } from '../../core/bgp/packet/notification.ts';

/** A router is not let in; the reason is for our log only. */
export class PeerRefused extends Error {
  /** The HTTP status of the answer. */
  get status(): 403 | 409 {
    return 403;
  }

  /** What the router is told: nothing that it could learn from. */
  get answer(): Notification {
    return notification('connection-rejected');
  }
}

import type { Notification } from '../../core/bgp/packet/message.ts';
import { notification } from '../../core/bgp/packet/notification.ts';

/** Error for a rejected router. The reason is only for our log. */
export class PeerRefused extends Error {
  /** HTTP status of the answer. */
  get status(): 403 | 409 {
    return 403;
  }

  /** NOTIFICATION of the answer. It discloses no reason. */
  get answer(): Notification {
    return notification('connection-rejected');
  }
}

import type { RouterId } from '../bgp/packet/router-id.ts';
import type { Identity } from './session.ts';

/** A hello without a proof came from one router while another one has the peer's session. */
export class SessionHeld extends Error {
  constructor({ asn, routerId }: Identity, other: RouterId) {
    super(`AS ${asn} is established as router ${routerId}, and a hello without a proof came of ${other}`);
  }
}

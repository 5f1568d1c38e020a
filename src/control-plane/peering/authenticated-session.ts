import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Identity } from '../speaker/identity.ts';

/** State that two routers share after each has proved to the other that it knows the key. It ends with its link. */
export interface Session {
  readonly id: string;
  readonly peer: PeerId;
  /** Name under which calls of the peer are counted. */
  readonly account: string;
  /** Base URL for messages and calls to the peer, or undefined if the peer only dials us. */
  readonly url: string | undefined;
  readonly local: Identity;
  readonly remote: Identity;
  /** Key that signs the tokens of this session. Undefined if no key is set, which is possible only on loopback. */
  readonly tokenKey: Uint8Array | undefined;
}

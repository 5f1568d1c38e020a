import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Identity } from '../speaker/identity.ts';

/** The state that two routers share after each has proved to the other that it knows the key. Ends with its link. */
export interface Session {
  readonly id: string;
  readonly peer: PeerId;
  /** The name by which calls of the peer are counted. */
  readonly account: string;
  /** The base URL under which the peer takes messages and calls, or undefined when it only dials us. */
  readonly url: string | undefined;
  readonly local: Identity;
  readonly remote: Identity;
  /** Signs the tokens of this session; nobody else knows it. Undefined where no key is set, on loopback. */
  readonly tokenKey: Uint8Array | undefined;
}

import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { Community } from '../../core/bgp/packet/community.ts';
import type { DampingRules } from '../../core/bgp/damping/penalty.ts';

/** A server whose agents are announced, and the operator's settings for them. */
export interface ConfiguredServer {
  readonly name: string;
  readonly url: string;
  readonly asn: Asn;
  readonly description: string;
  /** Capability paths that every agent of the server has besides its own. */
  readonly capabilities: readonly string[];
  /** Communities that every agent of the server carries besides its own. */
  readonly communities: readonly Community[];
  readonly localPref?: number;
  /** The server's share where calls are balanced and no policy sets one. */
  readonly weight?: number;
  readonly damping?: DampingRules;
}

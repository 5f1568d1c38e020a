import type { DampingRules } from '../damping/penalty.ts';
import type { Asn } from '../packet/asn.ts';
import type { Policy } from '../policy/policy.ts';
import type { PeerId } from '../rib/route.ts';

/** A peer as configured (RFC 4271 §8.1.1). */
export interface PeerSettings {
  readonly id: PeerId;
  readonly asn: Asn;
  /** The base URL under which we call the peer, or undefined when it only dials us and its routes cannot be called. */
  readonly url: string | undefined;
  /** Never dial, only answer. */
  readonly passive: boolean;
  readonly holdTimeSeconds: number;
  /** The time for which our routes should be kept after we vanish, in seconds; 0 for no graceful restart (RFC 4724 §3). */
  readonly restartTimeSeconds: number;
  /** The minimum route advertisement interval in milliseconds (RFC 4271 §9.2.1.1). */
  readonly advertisementIntervalMs: number;
  /** True if the peer is a client of ours as route reflector; internal peers only (RFC 4456 §6). */
  readonly client: boolean;
  /** The next hop that we advertise: ourselves, or the one that we learned (RFC 4271 §5.1.3). */
  readonly nextHop: 'self' | 'unchanged';
  /** The most NLRI that are kept of this peer; what goes beyond is refused. */
  readonly maxRoutes: number;
  /** The most memory that its routes may take, in bytes; what goes beyond is refused. */
  readonly maxBytes: number;
  /** ASes that may originate what this peer sends, or undefined for any. */
  readonly allowOrigins: readonly Asn[] | undefined;
  /** Globs of agent ids and capability paths that this peer may send, or undefined for any. */
  readonly allowAgents: readonly string[] | undefined;
  /** The damping of routes that come and go; undefined for none (RFC 2439 §4.2). */
  readonly damping: DampingRules | undefined;
  /** Replaces the speaker's policy for this peer. */
  readonly policy: Policy | undefined;
  /** True if lives and proofs of end are offered to this peer. */
  readonly proofs: boolean;
}

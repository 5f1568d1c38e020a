import type { Asn } from '../packet/asn.ts';
import type { PathAttributes } from '../packet/attributes.ts';
import type { Life } from '../packet/life.ts';
import type { Label } from '../packet/message.ts';
import type { Nlri } from '../packet/nlri.ts';
import type { RouterId } from '../packet/router-id.ts';
import type { IneligibleReason } from './ineligible-reason.ts';

/** Names a peer for as long as it is configured. */
export type PeerId = string;

/** Names a stub, a server of agents that speaks no BGP. */
export type StubId = string;

/** The sender of a route (RFC 4271 §9.1). */
export type Source =
  /** An agent server beside us; it counts as an external neighbour with an AS of its own. */
  | StubSource
  /** This router itself: capability routes and aggregates. */
  | { readonly kind: 'self' }
  | PeerSource;

/** A stub as the decision process knows it. */
export interface StubSource {
  readonly kind: 'stub';
  readonly id: StubId;
  readonly asn: Asn;
  /** Its place in the configuration, which decides between stubs that are equal in all else. */
  readonly rank: number;
}

/** A peer as the decision process knows it (RFC 4271 §9.1.2.2). */
export interface PeerSource {
  readonly kind: 'peer';
  readonly id: PeerId;
  readonly asn: Asn;
  /** True if the peer belongs to another AS. */
  readonly external: boolean;
  /** The identifier that the peer sent in OPEN; two ASes may use the same one (RFC 6286 §2.1). */
  readonly routerId: RouterId;
  /** The last tie-breaker: the URL or key under which the peer is configured (RFC 4271 §9.1.2.2 g). */
  readonly address: string;
}

/** One entry of an Adj-RIB-In, with what import policy made of it (RFC 4271 §3.2). */
export interface Route {
  readonly nlri: Nlri;
  readonly source: Source;
  /** The attributes as received, so that policy can be applied to them again. */
  readonly received: PathAttributes;
  /** After import policy; the same as `received` when the route is ineligible. */
  readonly attributes: PathAttributes;
  /** Local weight for balancing, set by policy or configuration; 1 when nothing set it. */
  readonly weight: number;
  readonly life: Life | undefined;
  readonly label: Label | undefined;
  /** Kept over a restart of its peer until that peer has sent it again (RFC 4724 §4.2). */
  readonly stale: boolean;
  readonly ineligible: IneligibleReason | undefined;
}

import type { Asn } from './asn.ts';
import type { PathAttributes } from './attributes.ts';
import type { Life, Proof } from './life.ts';
import type { Family, Nlri } from './nlri.ts';
import type { RouterId } from './router-id.ts';

/** The protocol version that OPEN carries (RFC 4271 §4.2). */
export const VERSION = 4;

/** Keeps the routes of a restarting peer for a while (RFC 4724 §3). */
export interface GracefulRestart {
  /** The time for which the sender's routes should be kept after its session is lost, in seconds. */
  readonly restartTimeSeconds: number;
  /** True if the sender itself has just restarted (the R bit). */
  readonly restarted: boolean;
  /** True if the sender kept its forwarding state while it restarted (the F bit). */
  readonly preserved: boolean;
}

/** The capabilities of a speaker beyond RFC 4271, compared in OPEN (RFC 5492 §4). */
export interface SessionCapabilities {
  readonly families: readonly Family[];
  readonly routeRefresh: boolean;
  readonly gracefulRestart?: GracefulRestart;
  /** True if the sender understands lives and proofs of end. */
  readonly proofs: boolean;
  /** The sender's decision order and MED mode; routers of one AS must agree on it. */
  readonly decision: string;
}

/** The first message on a connection (RFC 4271 §4.2). */
export interface Open {
  readonly type: 'open';
  readonly version: number;
  readonly asn: Asn;
  readonly routerId: RouterId;
  readonly holdTimeSeconds: number;
  readonly capabilities: SessionCapabilities;
}

/** The description of an agent for users. Shown, never routed on. */
export interface Label {
  readonly name: string;
  readonly description: string;
  /** Set where the model is of the older kind: the agent takes the older calls alone. */
  readonly modelVersion?: 'v1';
}

/** One reachable NLRI of an UPDATE, with what belongs to it alone. */
export interface Reach {
  readonly nlri: Nlri;
  readonly life?: Life;
  readonly label?: Label;
}

/** Routes that changed: withdrawn ones, and new ones that share one set of attributes (RFC 4271 §4.3). */
export interface Update {
  readonly type: 'update';
  readonly withdrawn: readonly Nlri[];
  /** Present whenever `reach` is not empty. */
  readonly attributes?: PathAttributes;
  readonly reach: readonly Reach[];
  readonly proofs: readonly Proof[];
  /** Says that the first exchange of a family is complete (RFC 4724 §2). */
  readonly endOfRib?: Family;
}

/** Says that the sender is alive (RFC 4271 §4.4). */
export interface Keepalive {
  readonly type: 'keepalive';
}

/** Says why the sender closes the session (RFC 4271 §4.5). */
export interface Notification {
  readonly type: 'notification';
  readonly code: number;
  readonly subcode: number;
  /** For people: what was wrong. Never routed on. */
  readonly reason?: string;
}

/** Asks for every route of a family again (RFC 2918 §3). */
export interface RouteRefresh {
  readonly type: 'route-refresh';
  readonly family: Family;
}

/** A message between two speakers (RFC 4271 §4.1). */
export type Message = Open | Update | Keepalive | Notification | RouteRefresh;

import type { AsPath } from './as-path.ts';
import type { Community } from './community.ts';
import type { RouterId } from './router-id.ts';

/** The attributes of a route, shared by every NLRI that it is announced with (RFC 4271 §5). Never changed once made. */
export interface PathAttributes {
  /** The ASes that the route crossed, nearest first (RFC 4271 §5.1.2). */
  readonly asPath: AsPath;
  /** The base URL that takes the call; empty while it is the sender itself, on the way between two peers (RFC 4271 §5.1.3). */
  readonly nextHop: string;
  /** The preference of this AS for the route, higher is better (RFC 4271 §5.1.5). */
  readonly localPref: number;
  /** The health of the copy, 0 to 999, lower is healthier (RFC 4271 §5.1.4). */
  readonly med: number;
  /** Tags in ascending order, each once (RFC 1997). */
  readonly communities: readonly Community[];
  /** Capability paths of the agent in ascending order, each once. */
  readonly capabilities: readonly string[];
  /** The measurements of the router beside the agent, if it has any. They change only together with the MED. */
  readonly performance?: Performance;
  /** The time at which the origin began to announce the route, in milliseconds since 1970. */
  readonly originTime: number;
  /** The router that brought a reflected route into the AS (RFC 4456 §8). */
  readonly originatorId?: RouterId;
  /** The clusters that reflected the route, nearest first (RFC 4456 §8). */
  readonly clusterList?: readonly RouterId[];
  /** True if the route stands for several more specific ones (RFC 4271 §5.1.6). */
  readonly aggregate?: true;
  /** Optional transitive attributes that this version does not know, passed on untouched (RFC 4271 §5). */
  readonly unknown?: Readonly<Record<string, unknown>>;
}

/** A router's measurements of an agent that it calls directly. */
export interface Performance {
  readonly responseTimeMs: number;
  /** A share from 0 to 1. */
  readonly successRate: number;
}

/** The preference of a route that nothing set one for (RFC 4271 §9.1.1). */
export const DEFAULT_LOCAL_PREF = 100;

/** The largest local preference and multi-exit discriminator on the wire (RFC 4271 §4.3). */
export const MAX_UINT32 = 4_294_967_295;

/** The form of a next hop on the wire (RFC 4271 §5.1.3). */
export const NEXT_HOP_FORM = /^https?:\/\/[^\s\p{C}\p{Default_Ignorable_Code_Point}]+$/u;

/** The worst health. */
export const MAX_MED = 999;

/** The limits of damping: how much instability is tolerated, and how long it is remembered (RFC 2439 §4.2, RFC 7196 §3). */
export interface DampingRules {
  /** The penalty above which a route is not used. */
  readonly suppressAbove: number;
  /** The penalty below which it is used again. */
  readonly reuseBelow: number;
  /** In what time half of a penalty is forgiven. */
  readonly halfLifeMs: number;
  /** The longest time that a route stays suppressed after its last flap. */
  readonly maxSuppressMs: number;
}

/** The penalty of a flap: a route that was withdrawn, and one that came by another path (RFC 7196 §3). */
export const PENALTIES = { withdrawn: 1_000, 'path-changed': 500 } as const;

/** A kind of flap. */
export type Flap = keyof typeof PENALTIES;

/** Returns the rest of a penalty after a time (RFC 2439 §2.2). */
export function decayed(penalty: number, elapsedMs: number, { halfLifeMs }: DampingRules): number {
  return penalty * 2 ** (-Math.max(0, elapsedMs) / halfLifeMs);
}

/** Returns the highest penalty that can be gathered: one that is forgiven down to reuse in the longest time (RFC 2439 §4.2). */
export function ceilingOf({ reuseBelow, maxSuppressMs, halfLifeMs }: Omit<DampingRules, 'suppressAbove'>): number {
  return reuseBelow * 2 ** (maxSuppressMs / halfLifeMs);
}

/** Returns the time that a penalty takes to come down to a level. */
export function msUntil(penalty: number, level: number, { halfLifeMs }: DampingRules): number {
  return penalty <= level ? 0 : halfLifeMs * Math.log2(penalty / level);
}

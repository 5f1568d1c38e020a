import type { DampingRules } from '../../../../../src/core/bgp/damping/penalty.ts';

export const MINUTE = 60_000;

/** What RFC 7196 recommends. */
export const RULES: DampingRules = {
  suppressAbove: 6_000,
  reuseBelow: 750,
  halfLifeMs: 15 * MINUTE,
  maxSuppressMs: 60 * MINUTE,
};

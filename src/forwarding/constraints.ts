import type { Route } from '../bgp/rib/route.ts';

/** What a call demands of whichever copy answers it, besides what it can do. */
export interface Constraints {
  readonly maxResponseTimeMs?: number | undefined;
  /** From 0 to 1. */
  readonly minSuccessRate?: number | undefined;
  readonly region?: string | undefined;
}

/** Whether a route meets all constraints; where nothing is measured, none that asks for a measure is met. */
export function meets({ attributes }: Route, { maxResponseTimeMs, minSuccessRate, region }: Constraints): boolean {
  const { performance, communities } = attributes;
  if (region !== undefined && !communities.includes(`region:${region}`)) return false;
  if (maxResponseTimeMs !== undefined && !(performance && performance.responseTimeMs <= maxResponseTimeMs))
    return false;
  return minSuccessRate === undefined || (performance !== undefined && performance.successRate >= minSuccessRate);
}

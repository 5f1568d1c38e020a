import { z } from 'zod';
import type { Route } from '../../core/bgp/rib/route.ts';

/** Demands of a call on any copy that answers it, besides capabilities. */
export interface Constraints {
  readonly maxResponseTimeMs?: number | undefined;
  /** Share of successful calls, from 0 to 1. */
  readonly minSuccessRate?: number | undefined;
  readonly region?: string | undefined;
}

/** A number as text. An empty text is rejected because `Number` would read it as zero. */
const numberText = z.string().trim().min(1).transform(Number);

const schema = z.strictObject({
  maxResponseTimeMs: numberText.pipe(z.number().positive()).optional(),
  minSuccessRate: numberText.pipe(z.number().min(0).max(1)).optional(),
  region: z.string().min(1).optional(),
});

const UNCONSTRAINED: Constraints = {};

/** Returns true if a route meets all constraints. A route without measurements meets no constraint on a measurement. */
export function meets({ attributes }: Route, { maxResponseTimeMs, minSuccessRate, region }: Constraints): boolean {
  const { performance, communities } = attributes;
  if (region !== undefined && !communities.includes(`region:${region}`)) return false;
  if (maxResponseTimeMs !== undefined && !(performance && performance.responseTimeMs <= maxResponseTimeMs))
    return false;
  return minSuccessRate === undefined || (performance !== undefined && performance.successRate >= minSuccessRate);
}

/** Returns the constraints as the query string that travels with a call; empty if there are none. */
export function constraintsText(constraints: Constraints): string {
  const given = Object.entries(constraints).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString();
}

/**
 * Parses constraints from their query string. Returns undefined if one is unknown here, because this router could not
 * enforce it.
 */
export function parseConstraints(text: string): Constraints | undefined {
  if (text === '') return UNCONSTRAINED;
  return schema.safeParse(Object.fromEntries(new URLSearchParams(text))).data;
}

import { z } from 'zod';
import type { Route } from '../../core/bgp/rib/route.ts';

/** What a call demands of whichever copy answers it, besides what it can do. */
export interface Constraints {
  readonly maxResponseTimeMs?: number | undefined;
  /** From 0 to 1. */
  readonly minSuccessRate?: number | undefined;
  readonly region?: string | undefined;
}

/** Of an empty text, which would be zero, nothing is made. */
const numberText = z.string().trim().min(1).transform(Number);

const schema = z.strictObject({
  maxResponseTimeMs: numberText.pipe(z.number().positive()).optional(),
  minSuccessRate: numberText.pipe(z.number().min(0).max(1)).optional(),
  region: z.string().min(1).optional(),
});

const UNCONSTRAINED: Constraints = {};

/** Whether a route meets all constraints; where nothing is measured, none that asks for a measure is met. */
export function meets({ attributes }: Route, { maxResponseTimeMs, minSuccessRate, region }: Constraints): boolean {
  const { performance, communities } = attributes;
  if (region !== undefined && !communities.includes(`region:${region}`)) return false;
  if (maxResponseTimeMs !== undefined && !(performance && performance.responseTimeMs <= maxResponseTimeMs))
    return false;
  return minSuccessRate === undefined || (performance !== undefined && performance.successRate >= minSuccessRate);
}

/** The constraints as a query string, in which they travel with a call; empty where there are none. */
export function constraintsText(constraints: Constraints): string {
  const given = Object.entries(constraints).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])).toString();
}

/** Reads them again. One that is not known here could not be kept: then there is no answer. */
export function parseConstraints(text: string): Constraints | undefined {
  if (text === '') return UNCONSTRAINED;
  return schema.safeParse(Object.fromEntries(new URLSearchParams(text))).data;
}

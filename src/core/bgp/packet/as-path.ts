import type { Asn } from './asn.ts';

/**
 * The ASes that a route crossed, nearest first, origin last (RFC 4271 §5.1.2). A number is one AS of a sequence, an array
 * is an AS_SET left by aggregation.
 */
export type AsPath = readonly (Asn | AsSet)[];

/** The ASes of routes that were aggregated, in ascending order, without their own order of crossing (RFC 4271 §9.2.2.2). */
export type AsSet = readonly Asn[];

/** The path of a route that has crossed no AS (RFC 4271 §5.1.2). */
export const EMPTY_PATH: AsPath = [];

/** Returns the length that the decision process compares: a set counts as one (RFC 4271 §9.1.2.2 a). */
export function pathLength(path: AsPath): number {
  return path.length;
}

/** True if two paths cross the same ASes in the same order (RFC 4271 §5.1.2). */
export function samePath(a: AsPath, b: AsPath): boolean {
  return a === b || (a.length === b.length && a.every((hop, at) => sameHop(hop, b[at])));
}

function sameHop(a: Asn | AsSet, b: Asn | AsSet | undefined): boolean {
  if (typeof a === 'number' || typeof b === 'number' || b === undefined) return a === b;
  return a.length === b.length && a.every((asn, at) => asn === b[at]);
}

/** Returns the path with an AS put in front of it, `count` times (RFC 4271 §5.1.2). */
export function prepend(path: AsPath, asn: Asn, count = 1): AsPath {
  return [...Array<Asn>(count).fill(asn), ...path];
}

/** True if the AS stands anywhere in the path, in a sequence or in a set (RFC 4271 §9.1.2). */
export function pathContains(path: AsPath, asn: Asn): boolean {
  return path.some((hop) => (typeof hop === 'number' ? hop === asn : hop.includes(asn)));
}

/** Returns every AS of the path, sets unfolded in place: the form that policy and users see. */
export function flattenPath(path: AsPath): Asn[] {
  return path.flat();
}

/** Returns the AS next to us on the path, or undefined when the path is empty or begins with a set (RFC 4271 §9.1.2.2 c). */
export function neighborAs(path: AsPath): Asn | undefined {
  const nearest = path[0];
  return typeof nearest === 'number' ? nearest : undefined;
}

/** Returns the AS that originated the route, or undefined when the path is empty or ends in a set (RFC 4271 §5.1.2). */
export function originAs(path: AsPath): Asn | undefined {
  const origin = path[path.length - 1];
  return typeof origin === 'number' ? origin : undefined;
}

/** True if aggregation lost part of the path's order (RFC 4271 §9.2.2.2). */
export function hasAsSet(path: AsPath): boolean {
  return path.some((hop) => typeof hop !== 'number');
}

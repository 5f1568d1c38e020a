import type { AsPath } from './as-path.ts';
import { DEFAULT_LOCAL_PREF, type PathAttributes } from './attributes.ts';
import { fits } from './json-size.ts';
import { MAX_ATTRIBUTES_SIZE, MAX_DEPTH, MAX_LIST_LENGTH } from './limits.ts';
import { NON_TRANSITIVE_MARK, TRANSITIVE_MARK, wireAttributes } from './wire.ts';
import { firstIssue, isRecord } from './wire-decoded.ts';

/** The attributes of a route, or what is wrong with them. */
export type DecodedAttributes = PathAttributes | { readonly fault: string };

/**
 * Reads the attributes that all routes of an UPDATE share. Any fault makes every one of those routes withdrawn (RFC 7606
 * §3), also an unknown attribute that is not marked as optional: RFC 4271 §6.3 would close the session, which would
 * come up and close again for as long as the route exists.
 */
export function decodeAttributes(json: unknown): DecodedAttributes {
  if (!isRecord(json)) return { fault: 'attributes are missing' };
  if (!fits(json, MAX_ATTRIBUTES_SIZE, MAX_DEPTH)) return { fault: 'attributes are too large' };
  const { known, unknown } = separate(json);
  const long = Object.keys(known).find((name) => isLong(known[name]));
  if (long !== undefined) return { fault: `${long} is too long` };
  const { data, error } = wireAttributes.safeParse(known);
  return data === undefined ? { fault: firstIssue(error) } : native(data, unknown);
}

/** Refused before each entry is looked at, however many there are; the ASes of sets count. */
function isLong(value: unknown): boolean {
  return Array.isArray(value) && value.flat().length > MAX_LIST_LENGTH;
}

function separate(json: Record<string, unknown>) {
  const entries = Object.entries(json).filter(([name]) => !name.startsWith(NON_TRANSITIVE_MARK));
  const transitive = entries.filter(([name]) => name.startsWith(TRANSITIVE_MARK));
  return {
    known: Object.fromEntries(entries.filter(([name]) => !name.startsWith(TRANSITIVE_MARK))),
    unknown: Object.fromEntries(transitive.map(([name, value]) => [name.slice(TRANSITIVE_MARK.length), value])),
  };
}

function native(
  wire: ReturnType<typeof wireAttributes.parse>,
  unknown: Readonly<Record<string, unknown>>,
): PathAttributes {
  const { asPath, nextHop, localPref, med, originTime } = wire;
  const { communities, capabilities, performance, originatorId, clusterList, aggregate } = wire;
  return {
    asPath: asPath.map((hop) => (typeof hop === 'number' ? hop : ascending(hop, byNumber))) satisfies AsPath,
    nextHop: nextHop ?? '',
    localPref: localPref ?? DEFAULT_LOCAL_PREF,
    med: med ?? 0,
    communities: ascending(communities ?? []),
    capabilities: ascending(capabilities ?? []),
    ...(performance !== undefined && { performance }),
    originTime,
    ...(originatorId !== undefined && { originatorId }),
    ...(clusterList !== undefined && { clusterList }),
    ...(aggregate !== undefined && { aggregate }),
    ...(Object.keys(unknown).length > 0 && { unknown }),
  };
}

function ascending<T>(values: readonly T[], order?: (a: T, b: T) => number): T[] {
  return [...new Set(values)].sort(order);
}

function byNumber(a: number, b: number): number {
  return a - b;
}

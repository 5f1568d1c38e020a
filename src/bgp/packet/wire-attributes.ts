import { DEFAULT_LOCAL_PREF, type PathAttributes } from './attributes.ts';
import { fits } from './json-size.ts';
import { attributesFault, TRANSITIVE_MARK } from './known-attributes.ts';
import { cleanText } from './label.ts';
import { MAX_ATTRIBUTES_SIZE, MAX_DEPTH, MAX_REASON_LENGTH } from './limits.ts';
import type { WireAttributes } from './wire.ts';
import { isRecord } from './wire-decoded.ts';

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
  const fault = attributesFault(json);
  if (fault !== undefined) return { fault: cleanText(fault, MAX_REASON_LENGTH) };
  return native(json as unknown as WireAttributes);
}

function native(wire: WireAttributes): PathAttributes {
  const { asPath, nextHop, localPref, med, originTime } = wire;
  const { communities, capabilities, performance, originatorId, clusterList, aggregate } = wire;
  const unknown = transitive(wire);
  return {
    asPath: asPath.map((hop) => (typeof hop === 'number' ? hop : ascending(hop, byNumber))),
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
    ...(unknown !== undefined && { unknown }),
  };
}

/** What is passed on although it is not known, without its mark; undefined if there is nothing of that kind (RFC 4271 §5). */
function transitive(wire: WireAttributes): Readonly<Record<string, unknown>> | undefined {
  const marked = Object.entries(wire).filter(([name]) => name.startsWith(TRANSITIVE_MARK));
  if (marked.length === 0) return undefined;
  return Object.fromEntries(marked.map(([name, value]) => [name.slice(TRANSITIVE_MARK.length), value]));
}

function ascending<T>(values: readonly T[], order?: (a: T, b: T) => number): readonly T[] {
  // Our own routers write them so.
  const isAscending = values.every((value, at) => at === 0 || (values[at - 1] as T) < value);
  return isAscending ? values : [...new Set(values)].sort(order);
}

function byNumber(a: number, b: number): number {
  return a - b;
}

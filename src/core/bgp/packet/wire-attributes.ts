import { DEFAULT_LOCAL_PREF, type PathAttributes } from './attributes.ts';
import { fits } from './json-size.ts';
import { attributesFault, TRANSITIVE_MARK } from './known-attributes.ts';
import { cleanText } from './clean-text.ts';
import { MAX_ATTRIBUTES_SIZE, MAX_DEPTH, MAX_REASON_LENGTH } from './limits.ts';
import { excessOfLists } from './oversized.ts';
import type { WireAttributes } from './wire.ts';
import { isRecord, type Unfinished } from './wire-decoded.ts';

const NONE: readonly string[] = [];

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
  const attributes = native(json as unknown as WireAttributes);
  const excess = excessOfLists(attributes);
  return excess === undefined ? attributes : { fault: `the route has ${excess}` };
}

function native(wire: WireAttributes): PathAttributes {
  const { asPath, nextHop, localPref, med, originTime } = wire;
  const { communities, capabilities, performance, originatorId, clusterList, aggregate } = wire;
  const attributes: Unfinished<PathAttributes> = {
    asPath: asPath.map((hop) => (typeof hop === 'number' ? hop : ascending(hop, byNumber))),
    nextHop: nextHop ?? '',
    localPref: localPref ?? DEFAULT_LOCAL_PREF,
    med: med ?? 0,
    communities: ascending(communities ?? NONE),
    capabilities: ascending(capabilities ?? NONE),
    originTime,
  };
  if (performance !== undefined) attributes.performance = performance;
  if (originatorId !== undefined) attributes.originatorId = originatorId;
  if (clusterList !== undefined) attributes.clusterList = clusterList;
  if (aggregate !== undefined) attributes.aggregate = aggregate;
  const unknown = transitive(wire);
  if (unknown !== undefined) attributes.unknown = unknown;
  return attributes;
}

/** Returns the unknown attributes that are passed on, without their mark; undefined if there are none (RFC 4271 §5). */
function transitive(wire: Record<string, unknown>): Readonly<Record<string, unknown>> | undefined {
  const names = Object.keys(wire).filter((name) => name.startsWith(TRANSITIVE_MARK));
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name.slice(TRANSITIVE_MARK.length), wire[name]]));
}

function ascending<T>(values: readonly T[], order?: (a: T, b: T) => number): readonly T[] {
  // Our own routers write them so.
  for (let at = 1; at < values.length; at++) {
    if (!((values[at - 1] as T) < (values[at] as T))) return [...new Set(values)].sort(order);
  }
  return values;
}

function byNumber(a: number, b: number): number {
  return a - b;
}

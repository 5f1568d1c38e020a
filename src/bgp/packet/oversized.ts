import type { PathAttributes } from './attributes.ts';
import { fits } from './json-size.ts';
import { MAX_ATTRIBUTES_SIZE, MAX_DEPTH, MAX_LIST_LENGTH } from './limits.ts';
import { encodeAttributes } from './wire-encode.ts';

/** So few ASes, communities, capabilities and clusters, together, that they cannot be too large. */
const FEW = 128;

/** Whether attributes are more than one message may say: then no peer is told of the route (RFC 4271 §9.2). */
export function isOversized(attributes: PathAttributes): boolean {
  const { asPath, communities, capabilities, clusterList = [], unknown } = attributes;
  const lengths = [asPath.flat().length, communities.length, capabilities.length, clusterList.length];
  if (lengths.some((length) => length > MAX_LIST_LENGTH)) return true;
  const isSmall = unknown === undefined && lengths.reduce((sum, length) => sum + length) <= FEW;
  return !isSmall && !fits(encodeAttributes(attributes), MAX_ATTRIBUTES_SIZE, MAX_DEPTH);
}

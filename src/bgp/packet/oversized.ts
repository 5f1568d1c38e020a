import { flattenPath, hasAsSet } from './as-path.ts';
import type { PathAttributes } from './attributes.ts';
import { fits } from './json-size.ts';
import { MAX_ATTRIBUTES_SIZE, MAX_DEPTH, MAX_LIST_LENGTH } from './limits.ts';
import { encodeAttributes } from './wire-encode.ts';

/** So few ASes, communities, capabilities and clusters, together, that they cannot be too large. */
const FEW = 128;

/** Whether attributes are more than one message may say: then no peer is told of the route (RFC 4271 §9.2). */
export function isOversized(attributes: PathAttributes): boolean {
  const { asPath, communities, capabilities, clusterList = [], unknown } = attributes;
  const ases = hasAsSet(asPath) ? flattenPath(asPath).length : asPath.length;
  if (Math.max(ases, communities.length, capabilities.length, clusterList.length) > MAX_LIST_LENGTH) return true;
  const isSmall = ases + communities.length + capabilities.length + clusterList.length <= FEW;
  return !(isSmall && unknown === undefined) && !fits(encodeAttributes(attributes), MAX_ATTRIBUTES_SIZE, MAX_DEPTH);
}

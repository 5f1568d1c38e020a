import { flattenPath, hasAsSet } from './as-path.ts';
import type { PathAttributes } from './attributes.ts';
import { isDiscovered, isTooLong, MAX_COMMUNITY_LENGTH } from './community.ts';
import { fits } from './json-size.ts';
import {
  MAX_ATTRIBUTES_SIZE,
  MAX_CAPABILITIES,
  MAX_COMMUNITIES,
  MAX_DEPTH,
  MAX_DISCOVERED_COMMUNITIES,
  MAX_LIST_LENGTH,
} from './limits.ts';
import { encodeAttributes } from './wire-encode.ts';

/** So few ASes, communities, capabilities and clusters, together, that they cannot be too large. */
const FEW = 48;

/** True if attributes are more than one message may say: then no peer is told of the route (RFC 4271 §9.2). */
export function isOversized(attributes: PathAttributes): boolean {
  return excessOf(attributes) !== undefined;
}

/** Returns the part of an attribute set that exceeds the limits, as it stands behind "it has"; undefined for none (RFC 4271 §9.2). */
export function excessOf(attributes: PathAttributes): string | undefined {
  const { asPath, communities, capabilities, clusterList = [], unknown } = attributes;
  const ases = hasAsSet(asPath) ? flattenPath(asPath).length : asPath.length;
  if (ases > MAX_LIST_LENGTH) return `more than ${MAX_LIST_LENGTH} ASes in its path`;
  if (clusterList.length > MAX_LIST_LENGTH) return `more than ${MAX_LIST_LENGTH} clusters`;
  if (communities.some(isTooLong)) return `a community of more than ${MAX_COMMUNITY_LENGTH} characters`;
  const excess = excessOfLists(attributes);
  if (excess !== undefined) return excess;
  const isSmall = ases + communities.length + capabilities.length + clusterList.length <= FEW;
  if (isSmall && unknown === undefined) return undefined;
  if (fits(encodeAttributes(attributes), MAX_ATTRIBUTES_SIZE, MAX_DEPTH)) return undefined;
  return `attributes of more than ${MAX_ATTRIBUTES_SIZE} characters`;
}

/**
 * Returns the same for the number of communities and capabilities. Discovery sets one community for each capability and a few
 * more; an aggregate has those of all its parts.
 */
export function excessOfLists({
  communities,
  capabilities,
  aggregate,
}: Pick<PathAttributes, 'communities' | 'capabilities' | 'aggregate'>): string | undefined {
  if (capabilities.length > MAX_CAPABILITIES) return `more than ${MAX_CAPABILITIES} capabilities`;
  if (communities.length > MAX_LIST_LENGTH) return `more than ${MAX_LIST_LENGTH} communities`;
  if (communities.length <= MAX_DISCOVERED_COMMUNITIES) return undefined;
  const discovered = communities.filter(isDiscovered).length;
  if (communities.length - discovered > MAX_COMMUNITIES) {
    return `more than ${MAX_COMMUNITIES} communities besides those that discovery sets`;
  }
  const allowed = aggregate === true ? MAX_LIST_LENGTH : capabilities.length + MAX_DISCOVERED_COMMUNITIES;
  return discovered > allowed
    ? `more communities than discovery sets for ${capabilities.length} capabilities`
    : undefined;
}

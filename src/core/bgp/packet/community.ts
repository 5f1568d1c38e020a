import { isClean } from './clean-text.ts';
import { MAX_ID_LENGTH } from './nlri.ts';

/** A tag on a route, matched and set by policy (RFC 1997), written as text. */
export type Community = string;

/** The route stays inside this AS (RFC 1997, NO_EXPORT). */
export const NO_EXPORT: Community = 'no-export';

/** The route stays inside this router (RFC 1997, NO_ADVERTISE). */
export const NO_ADVERTISE: Community = 'no-advertise';

/** The route is about to go: whoever receives it sets its local preference to 0 (RFC 8326 §3). */
export const GRACEFUL_SHUTDOWN: Community = 'graceful-shutdown';

/** The capabilities of the agent were guessed from its words, not declared. */
export const INFERRED: Community = 'inferred';

/** The longest community, in UTF-16 units, besides those that discovery sets. */
export const MAX_COMMUNITY_LENGTH = 128;

/** The longest of those that discovery sets, which may name a capability. */
export const MAX_DISCOVERED_LENGTH = 'capability:'.length + MAX_ID_LENGTH;

/** The form of a community in the published schema; {@link isCommunity} is stricter (RFC 1997). */
export const COMMUNITY_FORM = /^(?:[^\s\p{C}]|[\u200c\u200d])+$/u;

/** True if discovery sets communities of this kind: what the agent can do, where it is, and how fast. */
export function isDiscovered(community: Community): boolean {
  return /^(?:server|as|capability|performance|region):/.test(community);
}

/** True if a community is longer than one of its kind may be. */
export function isTooLong(community: Community): boolean {
  const { length } = community;
  return length > MAX_COMMUNITY_LENGTH && (length > MAX_DISCOVERED_LENGTH || !isDiscovered(community));
}

/** True if a value is a community: text that can be shown as it is, without spaces (RFC 1997). */
export function isCommunity(value: unknown): value is Community {
  if (typeof value !== 'string' || value === '' || value.includes(' ') || isTooLong(value)) return false;
  return isClean(value, MAX_DISCOVERED_LENGTH);
}

/**
 * True if a community from an external peer must be removed before import policy sees it, so that no stranger can
 * claim to be one of us (RFC 7454 §11).
 */
export function isReserved(community: Community, alsoReserved: readonly Community[]): boolean {
  return (
    community === 'internal' ||
    community.startsWith('server:') ||
    community.startsWith('as:') ||
    alsoReserved.includes(community)
  );
}

/** Returns the communities that may cross the border of an AS; the same array where none is reserved (RFC 7454 §11). */
export function withoutReserved(
  communities: readonly Community[],
  alsoReserved: readonly Community[],
): readonly Community[] {
  for (const community of communities) {
    if (isReserved(community, alsoReserved)) return communities.filter((other) => !isReserved(other, alsoReserved));
  }
  return communities;
}

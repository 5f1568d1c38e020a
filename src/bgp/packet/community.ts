import { isClean } from './clean-text.ts';

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

/** The longest community, in UTF-16 units. */
export const MAX_COMMUNITY_LENGTH = 128;

/** What the published schema says of the characters of a community; {@link isCommunity} knows more (RFC 1997). */
export const COMMUNITY_FORM = /^(?:[^\s\p{C}]|[\u200c\u200d])+$/u;

/** Whether a value is a community: text that can be shown as it is, without spaces (RFC 1997). */
export function isCommunity(value: unknown): value is Community {
  return typeof value === 'string' && value !== '' && !value.includes(' ') && isClean(value, MAX_COMMUNITY_LENGTH);
}

/**
 * Whether a community from an external peer must be taken off before import policy sees it, so that no stranger can
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

/** What may cross the border of an AS; the same array where nothing is reserved (RFC 7454 §11). */
export function withoutReserved(
  communities: readonly Community[],
  alsoReserved: readonly Community[],
): readonly Community[] {
  for (const community of communities) {
    if (isReserved(community, alsoReserved)) return communities.filter((other) => !isReserved(other, alsoReserved));
  }
  return communities;
}

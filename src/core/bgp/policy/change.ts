import { prepend } from '../packet/as-path.ts';
import type { Asn } from '../packet/asn.ts';
import type { PathAttributes } from '../packet/attributes.ts';
import type { Community } from '../packet/community.ts';
import type { Changes } from './policy.ts';

/**
 * Returns the attributes after the changes of one statement (RFC 4271 §9.1.1): the very object that was given when nothing
 * changes, so that attribute sets stay shared. The weight is no attribute and is left to the caller.
 */
export function changeAttributes(before: PathAttributes, changes: Changes, prependAsn: Asn): PathAttributes {
  const localPref = changes.localPref ?? before.localPref;
  const med = changes.med ?? before.med;
  const communities = changeCommunities(before.communities, changes);
  const asPath =
    changes.prependCount === undefined ? before.asPath : prepend(before.asPath, prependAsn, changes.prependCount);
  const same =
    localPref === before.localPref &&
    med === before.med &&
    communities === before.communities &&
    asPath === before.asPath;
  return same ? before : { ...before, localPref, med, communities, asPath };
}

/** Returns the keys of a statement's changes that altered a value. */
export function changedKeys(before: PathAttributes, after: PathAttributes, changes: Changes): (keyof Changes)[] {
  const keys: (keyof Changes)[] = [];
  if (after.localPref !== before.localPref) keys.push('localPref');
  if (after.med !== before.med) keys.push('med');
  if (after.communities !== before.communities) {
    if (lacksOne(before.communities, changes.addCommunities)) keys.push('addCommunities');
    if (hasOne(before.communities, changes.removeCommunities)) keys.push('removeCommunities');
  }
  if (after.asPath !== before.asPath) keys.push('prependCount');
  return keys;
}

function changeCommunities(before: readonly Community[], changes: Changes): readonly Community[] {
  const { addCommunities: added = [], removeCommunities: removed = [] } = changes;
  if (!lacksOne(before, added) && !hasOne(before, removed)) return before;
  const kept = before.filter((community) => !removed.includes(community));
  return [...new Set([...kept, ...added])].sort();
}

function lacksOne(present: readonly Community[], wanted: readonly Community[] = []): boolean {
  for (const community of wanted) if (!present.includes(community)) return true;
  return false;
}

function hasOne(present: readonly Community[], wanted: readonly Community[] = []): boolean {
  for (const community of wanted) if (present.includes(community)) return true;
  return false;
}

import { DEFAULT_LOCAL_PREF, type PathAttributes } from '../packet/attributes.ts';
import type { Community } from '../packet/community.ts';
import { MAX_LIST_LENGTH } from '../packet/limits.ts';
import type { Nlri } from '../packet/nlri.ts';
import type { Entry } from '../rib/loc-rib.ts';
import type { Route } from '../rib/route.ts';
import type { Aggregate, Speaker } from '../state/state.ts';

/** Returns the aggregates of this router that cover an NLRI from above and depend on it (RFC 4271 §9.2.2.2). */
export function aggregatesAbove(speaker: Speaker, nlri: Nlri): readonly Aggregate[] {
  return speaker.settings.aggregates.filter((aggregate) => nlri.startsWith(`${aggregate.nlri}/`));
}

/** Returns the entries of the Loc-RIB below a capability (RFC 4271 §9.2.2.2). */
export function entriesBelow(speaker: Speaker, nlri: Nlri): readonly Entry[] {
  return [...speaker.locRib.entries()].filter((entry) => entry.nlri.startsWith(`${nlri}/`));
}

/** Returns the best routes that an aggregate of this router stands for; none if the NLRI is no aggregate (RFC 4271 §9.2.2.2). */
export function aggregateParts(speaker: Speaker, nlri: Nlri): readonly Route[] {
  if (!speaker.settings.aggregates.some((aggregate) => aggregate.nlri === nlri)) return [];
  return entriesBelow(speaker, nlri).flatMap(({ best }) => best ?? []);
}

/** Makes one route of many: their ASes as a set, every community, the best health, the oldest origin (RFC 4271 §9.2.2.2). */
export function aggregated(parts: readonly Route[]): PathAttributes {
  const ofPeers = new Set(parts.filter(({ source }) => source.kind === 'peer').map(({ attributes }) => attributes));
  const crossed = [...ofPeers].flatMap(({ asPath }) => asPath.flat());
  const asns = [...new Set(crossed)].sort((a, b) => a - b);
  // Many parts share few sets.
  const all = [...new Set(parts.map(({ attributes }) => attributes))];
  return {
    asPath: asns.length === 0 ? [] : [asns.slice(0, MAX_LIST_LENGTH / 2)],
    nextHop: '',
    localPref: DEFAULT_LOCAL_PREF,
    med: least(all.map((attributes) => attributes.med)),
    communities: union(all.map((attributes) => attributes.communities)),
    capabilities: [],
    originTime: least(all.map((attributes) => attributes.originTime)),
    aggregate: true,
  };
}

/** Returns all communities of the lists, or the first that are too many for a route. */
function union(lists: readonly (readonly Community[])[]): Community[] {
  const communities = new Set<Community>();
  for (const list of lists) {
    for (const community of list) communities.add(community);
    if (communities.size > MAX_LIST_LENGTH) break;
  }
  return [...communities].sort();
}

/** Returns the least value. `Math.min(...values)` would fail where an aggregate has very many parts. */
function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

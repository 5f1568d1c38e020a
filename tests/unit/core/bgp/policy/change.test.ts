import { describe, expect, it } from 'vitest';
import { changeAttributes, changedKeys } from '../../../../../src/core/bgp/policy/change.ts';
import type { Changes } from '../../../../../src/core/bgp/policy/policy.ts';
import { ATTRIBUTES } from './fixtures.ts';

const change = (changes: Changes) => changeAttributes(ATTRIBUTES, changes, 65010);

describe('changeAttributes', () => {
  it.each<[string, Changes, Partial<typeof ATTRIBUTES>, keyof Changes]>([
    ['sets the local preference', { localPref: 150 }, { localPref: 150 }, 'localPref'],
    ['takes a local preference of zero for a value', { localPref: 0 }, { localPref: 0 }, 'localPref'],
    ['sets the MED', { med: 999 }, { med: 999 }, 'med'],
    ['takes a MED of zero for a value', { med: 0 }, { med: 0 }, 'med'],
    ['prepends', { prependCount: 2 }, { asPath: [65010, 65010, 65002, 65003] }, 'prependCount'],
    [
      'adds communities, sorted and each once',
      { addCommunities: ['zone:1', 'a', 'a', 'region:eu'] },
      { communities: ['a', 'exported', 'region:eu', 'zone:1'] },
      'addCommunities',
    ],
    [
      'removes communities',
      { removeCommunities: ['exported', 'absent'] },
      { communities: ['region:eu'] },
      'removeCommunities',
    ],
  ])('%s and nothing else', (_what, changes, expected, key) => {
    const after = change(changes);
    expect(after).toEqual({ ...ATTRIBUTES, ...expected });
    expect(changedKeys(ATTRIBUTES, after, changes)).toEqual([key]);
  });

  it('makes several changes at once', () => {
    const changes: Changes = {
      localPref: 1,
      med: 2,
      addCommunities: ['new'],
      removeCommunities: ['exported'],
      prependCount: 1,
      weight: 3,
    };
    const after = change(changes);
    expect(after).toEqual({
      ...ATTRIBUTES,
      localPref: 1,
      med: 2,
      communities: ['new', 'region:eu'],
      asPath: [65010, 65002, 65003],
    });
    expect(changedKeys(ATTRIBUTES, after, changes)).toEqual([
      'localPref',
      'med',
      'addCommunities',
      'removeCommunities',
      'prependCount',
    ]);
  });

  it('names only the half of a community change that altered something', () => {
    const adding = { addCommunities: ['new'], removeCommunities: ['absent'] };
    expect(changedKeys(ATTRIBUTES, change(adding), adding)).toEqual(['addCommunities']);
    const removing = { addCommunities: ['exported'], removeCommunities: ['region:eu'] };
    expect(changedKeys(ATTRIBUTES, change(removing), removing)).toEqual(['removeCommunities']);
  });

  it.each<Changes>([
    {},
    { weight: 7 },
    { localPref: 100, med: 50 },
    { addCommunities: ['region:eu', 'exported'] },
    { removeCommunities: ['absent'] },
  ])('returns the same object for %j, which alters nothing', (changes) => {
    expect(change(changes)).toBe(ATTRIBUTES);
    expect(changedKeys(ATTRIBUTES, ATTRIBUTES, changes)).toEqual([]);
  });

  it('shares what it leaves alone', () => {
    const after = change({ localPref: 1 });
    expect(after.asPath).toBe(ATTRIBUTES.asPath);
    expect(after.communities).toBe(ATTRIBUTES.communities);
  });
});

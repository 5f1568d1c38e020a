import { describe, expect, it } from 'vitest';
import { transitTable } from '../../../src/runtime/transit-table.ts';
import { policyOf, Router } from '../bgp/support/router.ts';

describe('what others may list', () => {
  const policy = policyOf({
    export: [{ match: { communities: ['secret'] }, action: 'reject' }, { set: { removeCommunities: ['budget'] } }],
  });
  const router = new Router({ policy });
  router.up('a', 65_010);
  router.originate('open', { communities: ['budget', 'region:eu', 'server:server0'] });
  router.originate('inside', { communities: ['secret'] });
  const table = transitTable(router.speaker);
  const shown = (caller: string | undefined) =>
    [...table.visibleTo(caller)].map(({ nlri, attributes }) => [nlri, attributes.communities]);

  it('is for a peer what it is told, as it is told', () => {
    expect(shown('a')).toEqual([['open', ['region:eu']]]);
    expect(router.adjRibOut('a')['open']?.communities).toEqual(['region:eu']);
  });

  it('is for a client all that is called from here', () => {
    expect(shown(undefined).map(([nlri]) => nlri)).toEqual(['open', 'inside']);
  });

  it('is nothing for a stranger', () => {
    expect(shown('b')).toEqual([]);
  });
});

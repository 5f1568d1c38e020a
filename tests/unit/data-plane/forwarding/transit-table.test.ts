import { describe, expect, it } from 'vitest';
import { transitTable } from '../../../../src/data-plane/forwarding/transit-table.ts';
import { policyOf, Router } from '../../core/bgp/support/router.ts';

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
    [...table.visibleAfter(0, caller)].flatMap(([, route]) =>
      route === undefined ? [] : [[route.nlri, route.attributes.communities]],
    );

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

  it.each([
    ['a', 'open', true],
    ['a', 'inside', false],
    [undefined, 'inside', true],
    ['b', 'open', false],
    [undefined, 'nobody', false],
  ])('is for %s, asking for %s by its id: %s', (caller, agent, isShown) => {
    expect(table.visible(agent, caller)?.nlri).toBe(isShown ? agent : undefined);
  });

  it('goes on after any place', () => {
    const [[first] = [0]] = table.visibleAfter(0, undefined);
    expect([...table.visibleAfter(first, undefined)].map(([, route]) => route?.nlri)).toEqual(['inside']);
    expect([...table.visibleAfter(table.newest(), undefined)]).toEqual([]);
  });
});

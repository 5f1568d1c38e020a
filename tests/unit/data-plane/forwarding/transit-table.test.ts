import { describe, expect, it } from 'vitest';
import { transitTable } from '../../../../src/data-plane/forwarding/transit-table.ts';
import { policyOf, Router } from '../../core/bgp/support/router.ts';

describe('the agents that others may list', () => {
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

  it('are, for a peer, those advertised to it, as advertised', () => {
    expect(shown('a')).toEqual([['open', ['region:eu']]]);
    expect(router.adjRibOut('a')['open']?.communities).toEqual(['region:eu']);
  });

  it('are, for a client, all agents that can be called from here', () => {
    expect(shown(undefined).map(([nlri]) => nlri)).toEqual(['open', 'inside']);
  });

  it('are none for an unknown peer', () => {
    expect(shown('b')).toEqual([]);
  });

  it.each([
    ['a', 'open', true],
    ['a', 'inside', false],
    [undefined, 'inside', true],
    ['b', 'open', false],
    [undefined, 'nobody', false],
  ])('include, for %s, the agent %s by its id: %s', (caller, agent, isShown) => {
    expect(table.visible(agent, caller)?.nlri).toBe(isShown ? agent : undefined);
  });

  it('continue after any serial', () => {
    const [[first] = [0]] = table.visibleAfter(0, undefined);
    expect([...table.visibleAfter(first, undefined)].map(([, route]) => route?.nlri)).toEqual(['inside']);
    expect([...table.visibleAfter(table.newest(), undefined)]).toEqual([]);
  });
});

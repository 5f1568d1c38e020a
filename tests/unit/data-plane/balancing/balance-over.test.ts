import { describe, expect, it } from 'vitest';
import { callRoutes } from '../../../../src/core/bgp/lookup.ts';
import { balanceOver } from '../../../../src/data-plane/balancing/balance-over.ts';
import { HopLoads } from '../../../../src/data-plane/balancing/hop-loads.ts';
import { Router } from '../../core/bgp/support/router.ts';

/** A router with one agent on these servers, all equal. */
function serving(...servers: readonly string[]): Router {
  const router = new Router();
  for (const [rank, id] of servers.entries()) router.originate('agent', {}, { id, rank, nextHop: `http://${id}` });
  return router;
}

/** Balances calls of the agent; each gives its next hops in order. */
function setting(router: Router, avoided: Set<string> = new Set()) {
  const asked: string[] = [];
  const balance = balanceOver(router.speaker, 'round-robin', new HopLoads(), {
    avoids: (server, agent) => {
      asked.push(`${server} ${agent}`);
      return avoided.has(server);
    },
  });
  const call = (conversation?: string): readonly string[] => {
    const routes = callRoutes(router.speaker, 'agent', { from: undefined, crossed: [], required: [] });
    const balanced = balance(routes, { target: 'agent', required: [], conversation: () => conversation });
    return balanced.map(({ attributes }) => attributes.nextHop);
  };
  const calls = (count: number) => Array.from({ length: count }, () => call()[0]);
  return { call, calls, asked, avoided };
}

describe('calls of an agent with equal copies', () => {
  it('take them in turn', () => {
    expect(new Set(setting(serving('s0', 's1')).calls(2))).toEqual(new Set(['http://s0', 'http://s1']));
  });

  it.each([
    ['one copy that is avoided', ['s0'], ['http://s1']],
    ['the other copy that is avoided', ['s1'], ['http://s0']],
    ['copies that are all avoided', ['s0', 's1'], ['http://s0', 'http://s1']],
  ])('leave %s, unless it leaves none', (_case, avoided, taken) => {
    const { calls } = setting(serving('s0', 's1'), new Set(avoided));
    expect([...new Set(calls(4))].sort()).toEqual(taken);
  });

  it('keep the copy that is avoided for failover', () => {
    expect(setting(serving('s0', 's1'), new Set(['s0'])).call()).toEqual(['http://s1', 'http://s0']);
  });

  it('of one conversation stay at a copy that comes to be avoided', () => {
    const { call, avoided } = setting(serving('s0', 's1'));
    const [home = ''] = call('thread');
    avoided.add(home.replace('http://', ''));
    expect(call('thread')[0]).toBe(home);
    expect(call()[0]).not.toBe(home);
  });
});

describe('the watch over own servers', () => {
  it('is not asked about the only copy', () => {
    const { call, asked } = setting(serving('s0'), new Set(['s0']));
    expect(call()).toEqual(['http://s0']);
    expect(asked).toEqual([]);
  });

  it('is asked about the agent and its server', () => {
    const { call, asked } = setting(serving('s0', 's1'));
    call();
    expect(asked).toEqual(['s0 agent', 's1 agent']);
  });

  it('is not asked about routes of peers', () => {
    const router = new Router();
    for (const [at, peer] of ['p', 'q'].entries()) {
      const asn = 65_010 + at;
      router.up(peer, asn, { url: `http://${peer}` });
      router.announce(peer, 'agent', { asPath: [asn, 65_099] });
    }
    const { calls, asked } = setting(router, new Set(['p']));
    expect(new Set(calls(2))).toEqual(new Set(['http://p', 'http://q']));
    expect(asked).toEqual([]);
  });
});

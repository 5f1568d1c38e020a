import { describe, expect, it } from 'vitest';
import { Balancer } from '../../../../src/data-plane/balancing/balancer.ts';
import { HopLoads } from '../../../../src/data-plane/balancing/hop-loads.ts';
import type { MethodName } from '../../../../src/data-plane/balancing/methods.ts';
import type { Origination } from '../../../../src/core/bgp/state/event.ts';
import { callRoutes, equalRoutes } from '../../../../src/core/bgp/lookup.ts';
import { ACCEPT_ALL } from '../../../../src/core/bgp/policy/policy.ts';
import { step } from '../../../../src/core/bgp/speaker.ts';
import { createSpeaker } from '../../../../src/core/bgp/state/state.ts';

interface Copy extends Partial<Origination> {
  readonly weight?: number;
}

const CALLS = 1_000;
const AGENT = {
  agent: 'agent',
  label: { name: '', description: '' },
  capabilities: [],
  communities: [],
  originTime: 1,
};

/** A balancer over a real speaker. Each copy of the agent is on its own server. */
function setting(method: MethodName, copies: readonly Copy[]) {
  const routerId = '10.0.0.1';
  const identity = { asn: 65000, routerId, clusterId: routerId, policy: ACCEPT_ALL, aggregates: [] };
  const speaker = createSpeaker({ ...identity, maxPaths: 8, medTolerance: 50 });
  const originate = (rank: number, { weight = 1, ...copy }: Copy): void => {
    const stub = { id: `s${rank}`, asn: 65001 + rank, nextHop: `http://s${rank}`, rank, weight };
    step(speaker, { type: 'RoutesOriginated', stub, agents: [{ ...AGENT, med: 0, ...copy }], draws: [] }, 0);
  };
  for (const [rank, copy] of copies.entries()) originate(rank, copy);
  const loads = new HopLoads();
  const balancer = new Balancer(method, loads);
  const order = (required: readonly string[] = [], conversation?: string): readonly string[] => {
    const routes = callRoutes(speaker, 'agent', { from: undefined, crossed: [], required });
    const call = { target: 'agent', required, conversation: () => conversation };
    return balancer.order(routes, equalRoutes(speaker, routes), call).map(({ attributes }) => attributes.nextHop);
  };
  return {
    speaker,
    loads,
    order,
    originate,
    /** Returns the number of calls that went to each server. */
    shares: (after: (nextHop: string) => void = () => undefined): Record<string, number> => {
      const shares: Record<string, number> = {};
      for (let i = 0; i < CALLS; i += 1) {
        const [nextHop = ''] = order();
        shares[nextHop] = (shares[nextHop] ?? 0) + 1;
        after(nextHop);
      }
      return shares;
    },
  };
}

describe('over a thousand calls', () => {
  it('round-robin is even within five per cent', () => {
    const shares = setting('round-robin', [{}, {}, {}]).shares();
    for (const rank of [0, 1, 2])
      expect(Math.abs((shares[`http://s${rank}`] ?? 0) - CALLS / 3)).toBeLessThan(CALLS / 60);
  });

  it.each(['weighted', 'capability-aware'] as const)('%s follows the weights within five per cent', (method) => {
    const shares = setting(method, [{ weight: 60 }, { weight: 40 }]).shares();
    expect(shares).toEqual({ 'http://s0': 600, 'http://s1': 400 });
  });

  it('latency-based sends nine of ten calls to the fastest, and notices when another becomes faster', () => {
    const { shares, loads } = setting('latency-based', [{}, {}]);
    const times: Record<string, number> = { 'http://s0': 80, 'http://s1': 50 };
    const measure = (nextHop: string): void => {
      loads.took(nextHop, 'agent', times[nextHop] ?? 0);
    };
    expect(shares(measure)['http://s1']).toBeGreaterThanOrEqual(900);
    times['http://s0'] = 5;
    expect(shares(measure)['http://s0']).toBeGreaterThanOrEqual(800);
    expect(shares(measure)['http://s0']).toBeGreaterThanOrEqual(900);
  });

  it('least-outstanding avoids a server whose calls do not end', () => {
    const { shares, loads } = setting('least-outstanding', [{}, {}, {}]);
    loads.began('http://s0');
    expect(shares()).toEqual({ 'http://s1': 500, 'http://s2': 500 });
  });

  it('a conversation stays on its server, whatever the method and the health', () => {
    const { order, originate } = setting('round-robin', [{}, {}, {}]);
    const [home] = order([], 'thread');
    for (let i = 0; i < CALLS; i += 1) {
      order();
      if (i % 10 === 0) originate(i % 3, { med: (i * 25) % 500 });
      expect(order([], 'thread')[0]).toBe(home);
    }
  });

  it('a route whose MED is worse than tolerated gets no calls (RFC 4271 §9.1.2.2)', () => {
    expect(setting('round-robin', [{ med: 25 }, { med: 75 }, { med: 100 }]).shares()).toEqual({
      'http://s0': 500,
      'http://s1': 500,
    });
  });
});

describe('capability-aware', () => {
  const copies = [{ capabilities: ['coding/typescript'] }, { capabilities: ['coding', 'coding/typescript'] }];

  it('prefers the copy with exactly the required capability', () => {
    const { order } = setting('capability-aware', copies);
    for (let i = 0; i < 10; i += 1) expect(order(['coding'])).toEqual(['http://s1', 'http://s0']);
  });

  it('alternates between equally good matches', () => {
    const { order } = setting('capability-aware', copies);
    expect([order(['coding/typescript'])[0], order(['coding/typescript'])[0]].sort()).toEqual([
      'http://s0',
      'http://s1',
    ]);
  });
});

describe('failover', () => {
  it('keeps every other route after the chosen one, each once', () => {
    const { order } = setting('round-robin', [{}, {}, { med: 500 }]);
    expect(order()).toEqual(['http://s0', 'http://s1', 'http://s2']);
    expect(order()).toEqual(['http://s1', 'http://s0', 'http://s2']);
  });

  it('a conversation moves permanently when its server may not be called', () => {
    const { order, speaker } = setting('round-robin', [{}, {}]);
    const [home = ''] = order([], 'thread');
    step(speaker, { type: 'NextHopChanged', nextHop: home, usable: false }, 1);
    const [other] = order([], 'thread');
    expect(other).not.toBe(home);
    step(speaker, { type: 'NextHopChanged', nextHop: home, usable: true }, 2);
    expect(order([], 'thread')[0]).toBe(other);
  });
});

it('remembers a limited number of conversations', () => {
  const { order } = setting('round-robin', [{}, {}]);
  const homes = Array.from({ length: 10_001 }, (_, i) => order([], `thread ${i}`)[0]);
  expect(order([], 'thread 10000')[0]).toBe(homes[10_000]);
  expect(order([], 'thread 0')[0]).not.toBe(homes[0]);
});

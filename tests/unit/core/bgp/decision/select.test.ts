import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { losses, selectBest } from '../../../../../src/core/bgp/decision/select.ts';
import type { DecisionRules } from '../../../../../src/core/bgp/decision/rules.ts';
import { DEFAULT_DECISION, type DecisionStep } from '../../../../../src/core/bgp/policy/policy.ts';
import type { Loss } from '../../../../../src/core/bgp/rib/destination.ts';
import type { Route } from '../../../../../src/core/bgp/rib/route.ts';
import { defaultRules, permutations, routeWith, type RouteChange } from '../support/route.ts';

/** One attribute worsened per row, everything after it bettered: the row's step must decide, and no other. */
const worsened: readonly { name: string; change: RouteChange; reason: Loss['reason'] }[] = [
  { name: 'cannot be chosen', change: { ineligible: { type: 'as-loop' } }, reason: 'ineligible' },
  { name: 'is stale', change: { stale: true, attributes: { localPref: 200 } }, reason: 'stale' },
  {
    name: 'has a broken next hop',
    change: { attributes: { nextHop: 'http://broken', localPref: 200 } },
    reason: 'next-hop-unusable',
  },
  { name: 'has a lower local-pref', change: { attributes: { localPref: 99, asPath: [] } }, reason: 'local-pref' },
  { name: 'has a longer path', change: { attributes: { asPath: [65002, 65004, 65003], med: 0 } }, reason: 'as-path' },
  { name: 'has a higher MED', change: { attributes: { med: 51, originTime: 0 } }, reason: 'med' },
  { name: 'is internal', change: { peer: { external: false }, attributes: { originTime: 0 } }, reason: 'external' },
  {
    name: 'is younger',
    change: { attributes: { originTime: 1_001 }, peer: { routerId: '1.0.0.0' } },
    reason: 'origin-time',
  },
  {
    name: 'comes from a higher router id',
    change: { peer: { routerId: '10.0.0.10', address: 'http://a' } },
    reason: 'originator-id',
  },
  {
    name: 'has a higher originator id, whatever its peer',
    change: { attributes: { originatorId: '10.0.0.3' }, peer: { routerId: '1.0.0.0' } },
    reason: 'originator-id',
  },
  {
    name: 'crossed more clusters',
    change: { attributes: { clusterList: ['10.0.0.9'] }, peer: { address: 'http://a' } },
    reason: 'cluster-list',
  },
  {
    name: 'comes from a higher address',
    change: { peer: { id: 'c', address: 'http://c:3001' } },
    reason: 'peer-address',
  },
  { name: 'comes from a higher name at one address', change: { peer: { id: 'c' } }, reason: 'peer-address' },
];

const rules: DecisionRules = { ...defaultRules, unusable: new Set(['http://broken']) };

describe('the decision process (RFC 4271 §9.1.2.2)', () => {
  it.each(worsened)('prefers the base route to one that $name', ({ change, reason }) => {
    const base = routeWith();
    const worse = routeWith(change);
    for (const order of [
      [base, worse],
      [worse, base],
    ]) {
      expect(selectBest(order, rules)).toBe(base);
      expect(losses(order, rules)).toEqual([{ route: worse, reason }]);
    }
  });

  it('prefers its own agent to a shorter path and a lower MED', () => {
    const own = routeWith({ source: { kind: 'stub', id: 'server0', asn: 65001, rank: 0 }, attributes: { med: 900 } });
    const learned = routeWith({ attributes: { asPath: [65002], med: 0 } });
    expect(selectBest([learned, own], rules)).toBe(own);
    expect(losses([learned, own], rules)).toEqual([{ route: learned, reason: 'locally-originated' }]);
  });

  it('decides between equal stubs by their place in the configuration', () => {
    const stub = (rank: number) =>
      routeWith({ source: { kind: 'stub', id: `server${rank}`, asn: 65001 + rank, rank } });
    const [second, tenth] = [stub(2), stub(10)];
    expect(selectBest([tenth, second], rules)).toBe(second);
  });

  it('counts itself as the originator of what no peer sent (RFC 4456 §9)', () => {
    const self = routeWith({ source: { kind: 'self' } });
    const stub = routeWith({
      source: { kind: 'stub', id: 'server0', asn: 65001, rank: 0 },
      attributes: { originatorId: '9.0.0.0' },
    });
    expect(losses([self, stub], rules)).toEqual([{ route: self, reason: 'originator-id' }]);
  });

  it('has no best among ineligible routes', () => {
    expect(selectBest([], rules)).toBeUndefined();
    expect(selectBest([routeWith({ ineligible: { type: 'life-ended' } })], rules)).toBeUndefined();
  });

  it('uses stale routes and broken next hops where there is nothing else (RFC 4724 §4.2)', () => {
    const stale = routeWith({ stale: true });
    const broken = routeWith({ attributes: { nextHop: 'http://broken' } });
    expect(selectBest([stale], rules)).toBe(stale);
    expect(selectBest([broken], rules)).toBe(broken);
    expect(selectBest([stale, broken], rules)).toBe(broken);
  });

  it('counts an AS set as one AS (RFC 4271 §9.1.2.2 a)', () => {
    const set = routeWith({ attributes: { asPath: [[65001, 65002, 65003]] } });
    expect(selectBest([routeWith(), set], rules)).toBe(set);
  });

  it('picks one winner of seven routes in all 5,040 orders', () => {
    const routes = worsened
      .filter(({ reason }) => DEFAULT_DECISION.includes(reason as DecisionStep))
      .slice(0, 6)
      .map(({ change }) => routeWith(change));
    const base = routeWith();
    for (const order of permutations([base, ...routes])) expect(selectBest(order, rules)).toBe(base);
  });

  it('picks one winner of a stub and a peer that are equal in all else, in both orders', () => {
    const stub = routeWith({ source: { kind: 'stub', id: 'server0', asn: 65001, rank: 0 } });
    const twin = routeWith({ peer: { routerId: defaultRules.routerId } });
    const steps = DEFAULT_DECISION.filter((step) => step !== 'locally-originated');
    expect(selectBest([stub, twin], { ...defaultRules, steps })).toBe(stub);
    expect(selectBest([twin, stub], { ...defaultRules, steps })).toBe(stub);
  });

  it('picks the same winner whatever the order of arrival, in 100,000 random sets', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.array(anyRoute, { minLength: 2, maxLength: 7 }),
        fc.constantFrom(...someRules),
        fc.nat(),
        (routes, by, seed) => {
          const distinct = withDistinctPeers(routes);
          const best = selectBest(distinct, by);
          return (
            selectBest([...distinct].reverse(), by) === best &&
            selectBest(rotated(distinct, seed % distinct.length), by) === best
          );
        },
      ),
      { numRuns: 100_000 },
    );
  });
});

describe('MED compared within one neighbour AS (RFC 4271 §9.1.2.2 c)', () => {
  const sameNeighbor: DecisionRules = { ...defaultRules, compareMed: 'same-neighbor' };
  // Pairwise: a beats b (router id), b beats c (router id), c beats a (MED): no order exists.
  const a = routeWith({
    attributes: { asPath: [65010, 1], med: 20 },
    peer: { id: 'a', asn: 65010, routerId: '10.0.0.1' },
  });
  const b = routeWith({
    attributes: { asPath: [65020, 1], med: 30 },
    peer: { id: 'b', asn: 65020, routerId: '10.0.0.2' },
  });
  const c = routeWith({
    attributes: { asPath: [65010, 1], med: 10 },
    peer: { id: 'c', asn: 65010, routerId: '10.0.0.3' },
  });

  it('is not transitive in pairs', () => {
    expect(selectBest([a, b], sameNeighbor)).toBe(a);
    expect(selectBest([b, c], sameNeighbor)).toBe(b);
    expect(selectBest([c, a], sameNeighbor)).toBe(c);
  });

  it('has one winner all the same, in every order', () => {
    for (const order of permutations([a, b, c])) expect(selectBest(order, sameNeighbor)).toBe(b);
  });

  it('compares MED across neighbours by default, because it measures health', () => {
    for (const order of permutations([a, b, c])) expect(selectBest(order, defaultRules)).toBe(c);
  });
});

describe('a configured order of steps', () => {
  it('follows the order of the first release where it is configured: origin time before MED', () => {
    const steps: DecisionStep[] = [
      'local-pref',
      'as-path',
      'origin-time',
      'med',
      'external',
      'originator-id',
      'cluster-list',
      'peer-address',
    ];
    const old = routeWith({ attributes: { originTime: 1, med: 900 } });
    const healthy = routeWith({ attributes: { originTime: 2, med: 0 }, peer: { id: 'c' } });
    expect(selectBest([healthy, old], { ...defaultRules, steps })).toBe(old);
    expect(selectBest([healthy, old], defaultRules)).toBe(healthy);
  });
});

const small = (...values: number[]) => fc.constantFrom(...values);

const anyRoute: fc.Arbitrary<Route> = fc
  .record({
    localPref: small(0, 100, 200),
    path: fc.array(small(65010, 65020, 65030), { minLength: 1, maxLength: 3 }),
    med: small(0, 10, 20),
    originTime: small(1, 2),
    external: fc.boolean(),
    routerId: fc.constantFrom('10.0.0.1', '10.0.0.2', '9.255.0.1'),
    originatorId: fc.option(fc.constantFrom('10.0.0.1', '10.0.0.7'), { nil: undefined }),
    clusters: fc.array(fc.constant('10.0.0.9'), { maxLength: 2 }),
    stale: fc.boolean(),
    broken: fc.boolean(),
    loop: fc.boolean(),
  })
  .map((r) =>
    routeWith({
      attributes: {
        localPref: r.localPref,
        asPath: r.path,
        med: r.med,
        originTime: r.originTime,
        clusterList: r.clusters,
        nextHop: r.broken ? 'http://broken' : 'http://127.0.0.1:1',
        ...(r.originatorId === undefined ? {} : { originatorId: r.originatorId }),
      },
      peer: { external: r.external, routerId: r.routerId },
      stale: r.stale,
      ineligible: r.loop ? { type: 'as-loop' } : undefined,
    }),
  );

const someRules: DecisionRules[] = [rules, { ...rules, compareMed: 'same-neighbor' }];

function withDistinctPeers(routes: readonly Route[]): Route[] {
  return routes.map((route, at) => ({ ...route, source: { ...route.source, id: `p${at}` } as Route['source'] }));
}

function rotated<T>(items: readonly T[], by: number): T[] {
  return [...items.slice(by), ...items.slice(0, by)];
}

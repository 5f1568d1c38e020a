import { describe, expect, it } from 'vitest';
import {
  failoverOrder,
  multipath,
  sameService,
  serviceOrigin,
} from '../../../../../src/core/bgp/decision/multipath.ts';
import { selectBest } from '../../../../../src/core/bgp/decision/select.ts';
import { defaultRules, routeWith, type RouteChange } from '../support/route.ts';

const best = routeWith();
const member = (id: string, change: RouteChange = {}) =>
  routeWith({ ...change, peer: { id, address: `http://${id}`, routerId: '10.0.0.9', ...change.peer } });

describe('the multipath set', () => {
  it('holds the best route first and its equals in the order of preference, up to maxPaths', () => {
    const [c, d, e] = [member('c'), member('d'), member('e')];
    expect(multipath([e, d, c, best], best, defaultRules)).toEqual([best, c, d, e]);
    expect(multipath([e, d, c, best], best, { ...defaultRules, maxPaths: 2 })).toEqual([best, c]);
    expect(multipath([e, d, c, best], best, { ...defaultRules, maxPaths: 1 })).toEqual([best]);
  });

  it.each([
    ['local-pref', { attributes: { localPref: 99 } }],
    ['path length', { attributes: { asPath: [65002, 65009, 65003] } }],
    ['kind of peer', { peer: { external: false } }],
    ['origin AS', { attributes: { asPath: [65002, 65004] } }],
    ['MED', { attributes: { med: 51 } }],
    ['being an aggregate', { attributes: { aggregate: true as const } }],
    ['having an AS set', { attributes: { asPath: [[65002, 65004], 65003] } }],
    ['being ineligible', { ineligible: { type: 'as-loop' as const } }],
  ])('leaves out a route that differs in %s', (_what, change: RouteChange) => {
    expect(multipath([best, member('c', change)], best, defaultRules)).toEqual([best]);
  });

  it('takes a MED within the tolerance for equal, worse or better', () => {
    const tolerant = { ...defaultRules, medTolerance: 25 };
    const [near, far] = [member('c', { attributes: { med: 75 } }), member('d', { attributes: { med: 76 } })];
    expect(multipath([best, near, far], best, tolerant)).toEqual([best, near]);
  });

  it('is the best route alone where that is an aggregate', () => {
    const aggregate = routeWith({ attributes: { aggregate: true } });
    expect(multipath([aggregate, member('c')], aggregate, defaultRules)).toEqual([aggregate]);
  });

  it('joins origins that policy puts into one group', () => {
    const other = member('c', { attributes: { asPath: [65002, 65004] } });
    expect(multipath([best, other], best, { ...defaultRules, groups: [[65003, 65004]] })).toEqual([best, other]);
    expect(multipath([best, other], best, { ...defaultRules, groups: [[65003], [65004]] })).toEqual([best]);
  });
});

describe('the order of failover', () => {
  it('goes through every eligible route of the same service, the next best first', () => {
    const worse = member('c', { attributes: { med: 60 } });
    const worst = member('d', { attributes: { localPref: 1 } });
    const stranger = member('e', { attributes: { asPath: [65002, 65099] } });
    const looped = member('f', { ineligible: { type: 'as-loop' } });
    const routes = [worst, stranger, looped, worse, best];
    expect(selectBest(routes, defaultRules)).toBe(best);
    expect(failoverOrder(routes, best, defaultRules)).toEqual([best, worse, worst]);
  });
});

describe('what counts as one service', () => {
  const stub = (id: string, asn: number) =>
    routeWith({ source: { kind: 'stub', id, asn, rank: 0 }, attributes: { asPath: [asn] } });

  it('is the own AS for all own stubs, and for what internal peers originate', () => {
    expect(serviceOrigin(stub('server0', 65001), 65000)).toBe(65000);
    expect(serviceOrigin(routeWith({ attributes: { asPath: [] } }), 65000)).toBe(65000);
    expect(sameService(stub('server0', 65001), stub('server1', 65002), defaultRules)).toBe(true);
  });

  it('is unknown for an aggregate of several ASes', () => {
    const set = routeWith({ attributes: { asPath: [65002, [65003, 65004]] } });
    expect(serviceOrigin(set, 65000)).toBeUndefined();
    expect(sameService(set, set, defaultRules)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { LocRib, sameSource } from '../../../../../src/core/bgp/rib/loc-rib.ts';
import type { Source } from '../../../../../src/core/bgp/rib/route.ts';
import { basePeer, routeWith } from '../support/route.ts';

const stub: Source = { kind: 'stub', id: 'b', asn: 65001, rank: 0 };

describe('the Loc-RIB (RFC 4271 §3.2)', () => {
  it('has one route per source: a later one takes the place of the earlier (RFC 4271 §3.1)', () => {
    const rib = new LocRib();
    const earlier = routeWith();
    const later = routeWith({ attributes: { med: 1 }, peer: { routerId: '9.9.9.9' } });
    const own = routeWith({ source: stub });
    for (const route of [earlier, own, later]) rib.put(route);
    expect(rib.get('weatherAgent')?.routes).toEqual([later, own]);
    expect(rib.size).toBe(1);
  });

  it('is not changed by taking away what is not there', () => {
    const rib = new LocRib();
    const route = routeWith();
    rib.put(route);
    rib.remove('unheardOf', basePeer);
    rib.remove('weatherAgent', stub);
    expect(rib.get('weatherAgent')?.routes).toEqual([route]);
  });

  it('keeps an entry until it is empty and told to forget it', () => {
    const rib = new LocRib();
    rib.put(routeWith());
    const entry = rib.get('weatherAgent')!;
    rib.dropIfEmpty(entry);
    expect(rib.size).toBe(1);
    rib.remove('weatherAgent', basePeer);
    expect(rib.size).toBe(1);
    rib.dropIfEmpty(entry);
    expect(rib.size).toBe(0);
  });
});

describe('two sources', () => {
  const self: Source = { kind: 'self' };

  it.each([
    ['a peer and itself with another router id', basePeer, { ...basePeer, routerId: '9.9.9.9' }, true],
    ['two peers', basePeer, { ...basePeer, id: 'c' }, false],
    ['a peer and a stub of one name', basePeer, stub, false],
    ['a stub and itself with another rank', stub, { ...stub, rank: 5 }, true],
    ['the router and itself', self, { ...self }, true],
    ['the router and a stub', self, stub, false],
    ['a peer and the router', basePeer, self, false],
  ] as const)('%s', (_what, a, b, same) => {
    expect(sameSource(a, b)).toBe(same);
  });
});

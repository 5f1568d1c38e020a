import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathAttributes } from '../../../../src/bgp/packet/attributes.ts';
import { Interner } from '../../../../src/bgp/rib/interner.ts';
import { baseAttributes } from '../support/route.ts';

const changes: Partial<PathAttributes>[] = [
  { asPath: [[65002, 65003]] },
  { nextHop: 'http://elsewhere' },
  { localPref: 0 },
  { med: 0 },
  { communities: ['x'] },
  { capabilities: ['x'] },
  { originTime: 0 },
  { performance: { responseTimeMs: 1, successRate: 1 } },
  { originatorId: '10.0.0.1' },
  { clusterList: [] },
  { aggregate: true },
  { unknown: { colour: 1 } },
];

describe('interning attribute sets', () => {
  it('gives one object for equal sets', () => {
    const interner = new Interner();
    const first = interner.intern({ ...baseAttributes });
    expect(interner.intern({ ...baseAttributes, asPath: [...baseAttributes.asPath] })).toBe(first);
    expect(interner.size).toBe(1);
  });

  it.each(changes)('tells sets apart that differ in %o', (change) => {
    const interner = new Interner();
    expect(interner.intern({ ...baseAttributes, ...change })).not.toBe(interner.intern(baseAttributes));
  });

  it('never confuses two sets, whatever their texts contain', () => {
    const texts = fc.array(fc.string(), { maxLength: 3 });
    fc.assert(
      fc.property(texts, texts, texts, texts, (c1, k1, c2, k2) => {
        const interner = new Interner();
        const one = interner.intern({ ...baseAttributes, communities: c1, capabilities: k1 });
        const other = interner.intern({ ...baseAttributes, communities: c2, capabilities: k2 });
        return (one === other) === (JSON.stringify([c1, k1]) === JSON.stringify([c2, k2]));
      }),
    );
  });
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathAttributes } from '../../../../../src/core/bgp/packet/attributes.ts';
import { Interner } from '../../../../../src/core/bgp/rib/interner.ts';
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

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

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

  it('forgets sets that nothing holds, and keeps those in use', async () => {
    const interner = new Interner();
    const held = Array.from({ length: 10 }, (_, med) => interner.intern({ ...baseAttributes, med }));
    for (let round = 1; round <= 10; round++) {
      for (let at = 0; at < 2_000; at++) interner.intern({ ...baseAttributes, originTime: round * 10_000 + at });
      // What was looked at in this turn is only let go of after it.
      await nextTurn();
      collectGarbage();
    }
    expect(interner.size).toBeLessThan(10_000);
    expect(held.map(({ med }) => interner.intern({ ...baseAttributes, med }))).toEqual(held);
    held.forEach((set, med) => expect(interner.intern({ ...baseAttributes, med })).toBe(set));
  });

  it('keeps equal lists of different sets once', () => {
    const interner = new Interner();
    const lists = () => ({
      communities: ['a', 'b'],
      capabilities: ['c'],
      unknown: { note: [1] },
      clusterList: ['10.0.0.1'],
    });
    const one = interner.intern({ ...baseAttributes, ...lists() });
    const other = interner.intern({ ...baseAttributes, ...lists(), med: 7 });
    expect(other).not.toBe(one);
    expect(other).toEqual({ ...one, med: 7 });
    expect(other.communities).toBe(one.communities);
    expect(other.capabilities).toBe(one.capabilities);
    expect(other.unknown).toBe(one.unknown);
    expect(other.clusterList).toBe(one.clusterList);
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairPlaces } from '../../../../src/control-plane/peering/fair-places.ts';

describe('places that are shared fairly', () => {
  it('are freed in the largest group, oldest member first', () => {
    const places = new FairPlaces<number>();
    places.add('few', 1);
    for (const member of [2, 3, 4]) places.add('many', member);
    expect(places.largest()).toEqual({ group: 'many', oldest: 2 });
    places.add('many', 2);
    expect(places.largest()).toEqual({ group: 'many', oldest: 3 });
    places.delete(3);
    places.delete(4);
    expect(places.largest()).toEqual({ group: 'few', oldest: 1 });
  });

  it('agree with a plain list after any additions and removals', () => {
    const step = fc.record({ member: fc.nat(8), group: fc.constantFrom('a', 'b', 'c'), goes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const places = new FairPlaces<number>();
        let list: { member: number; group: string }[] = [];
        for (const { member, group, goes } of steps) {
          list = list.filter((other) => other.member !== member);
          if (goes) places.delete(member);
          else {
            places.add(group, member);
            list.push({ member, group });
          }
          expect(places.size).toBe(list.length);
          const sizeOf = (of: string) => list.filter((other) => other.group === of).length;
          const most = Math.max(0, ...list.map((other) => sizeOf(other.group)));
          const largest = places.largest();
          if (largest === undefined) expect(list).toEqual([]);
          else {
            expect(sizeOf(largest.group)).toBe(most);
            expect(largest.oldest).toBe(list.find((other) => other.group === largest.group)?.member);
          }
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../src/core/simulator/random.ts';

const draw = (seed: number, stream?: number): number[] => {
  const random = createRandom(seed, stream);
  return Array.from({ length: 1000 }, () => random.next());
};

describe('a stream of random numbers', () => {
  it('is the same for the same seed and another for any other', () => {
    expect(draw(7)).toEqual(draw(7));
    for (const other of [draw(8), draw(7, 1), draw(7 + 2 ** 32)]) expect(other).not.toEqual(draw(7));
  });

  it('fills [0, 1) evenly', () => {
    const tenths = Array<number>(10).fill(0);
    for (let seed = 0; seed < 20; seed++) for (const x of draw(seed)) tenths[Math.floor(x * 10)]!++;
    expect(tenths.reduce((sum, count) => sum + count)).toBe(20_000);
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(250);
  });

  it('draws integers between two bounds, both included', () => {
    const random = createRandom(1);
    const drawn = new Set(Array.from({ length: 200 }, () => random.between(3, 6)));
    expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
  });

  it('shuffles without losing anything', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = createRandom(1).shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
  });

  it('refuses to pick from nothing', () => {
    expect(() => createRandom(1).pick([])).toThrow(RangeError);
  });
});

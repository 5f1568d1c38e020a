import { describe, expect, it } from 'vitest';
import { fits } from '../../../../../src/core/bgp/packet/json-size.ts';

describe('the size of JSON', () => {
  it.each<[unknown, number]>([
    [null, 1],
    [true, 1],
    [1.5, 1],
    ['abc', 4],
    [[], 1],
    [[1, 'ab'], 5],
    [{}, 1],
    [{ key: 'ab' }, 7],
    [{ a: [{ b: 1 }] }, 6],
  ])('counts values and characters: %j is %i', (value, size) => {
    expect([fits(value, size, 8), fits(value, size - 1, 8)]).toEqual([true, false]);
  });

  it('is not looked for in what has too many members in any case', () => {
    expect(fits(Array<number>(11).fill(1), 10, 8)).toBe(false);
    expect(fits(Object.fromEntries(Array.from({ length: 11 }, (_, key) => [key, 1])), 10, 8)).toBe(false);
  });

  it('is bounded in depth too', () => {
    expect([fits([[1]], 100, 2), fits([[1]], 100, 1)]).toEqual([true, false]);
    expect([fits({ a: { b: 1 } }, 100, 2), fits({ a: { b: 1 } }, 100, 1)]).toEqual([true, false]);
  });

  it.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n, Symbol('x'), () => 1])('%s is no JSON', (value) => {
    expect([fits(value, 100, 8), fits([value], 100, 8), fits({ a: value }, 100, 8)]).toEqual([false, false, false]);
  });
});

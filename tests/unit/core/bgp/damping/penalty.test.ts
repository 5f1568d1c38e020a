import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ceilingOf, decayed, msUntil } from '../../../../../src/core/bgp/damping/penalty.ts';
import { MINUTE, RULES } from './rules.ts';

describe('a penalty (RFC 2439 §2.2)', () => {
  it.each([
    [1_000, 0, 1_000],
    [1_000, 15, 500],
    [1_000, 30, 250],
    [6_000, 45, 750],
    [12_000, 60, 750],
  ])('of %i is after %i minutes one of %i', (penalty, minutes, left) => {
    expect(decayed(penalty, minutes * MINUTE, RULES)).toBeCloseTo(left, 6);
  });

  it.each([
    [6_000, 45],
    [12_000, 60],
    [1_500, 15],
    [750, 0],
    [100, 0],
  ])('of %i is low enough for reuse after %i minutes', (penalty, minutes) => {
    expect(msUntil(penalty, RULES.reuseBelow, RULES)).toBeCloseTo(minutes * MINUTE, 6);
  });

  it('grows no higher than what is forgiven in the longest time', () => {
    expect(ceilingOf(RULES)).toBe(12_000);
  });

  it('does not grow when a clock goes back', () => {
    expect(decayed(1_000, -MINUTE, RULES)).toBe(1_000);
  });

  it('only goes down, and is where it was said to be when it was said', () => {
    const penalty = fc.double({ min: 1, max: 1e6, noNaN: true });
    const rules = fc.record({ halfLifeMs: fc.integer({ min: 1, max: 1e8 }) }).map((part) => ({ ...RULES, ...part }));
    fc.assert(
      fc.property(penalty, rules, fc.nat(1e6), fc.nat(1e6), (start, given, first, second) => {
        const then = decayed(start, first, given);
        expect(then).toBeLessThanOrEqual(start);
        expect(decayed(then, second, given)).toBeCloseTo(decayed(start, first + second, given), 3);
        const wait = msUntil(start, given.reuseBelow, given);
        expect(decayed(start, wait, given)).toBeCloseTo(Math.min(start, given.reuseBelow), 3);
      }),
    );
  });
});

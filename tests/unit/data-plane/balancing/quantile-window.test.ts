import fc from 'fast-check';
import { expect, it } from 'vitest';
import { QuantileWindow } from '../../../../src/data-plane/balancing/quantile-window.ts';

const SIZE = 7;

it('returns the nearest rank of the newest numbers, up to its size', () => {
  const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 3 * SIZE });
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.95, 1), (all, share) => {
      const window = new QuantileWindow(SIZE);
      for (const value of all) window.add(value);
      const newest = all.slice(-SIZE);
      const found = window.quantile(share)!;
      expect(window.count).toBe(newest.length);
      expect(newest).toContain(found);
      expect(newest.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * newest.length);
      expect(newest.filter((value) => value < found).length).toBeLessThan(share * newest.length);
    }),
  );
});

it('returns undefined when it is empty', () => {
  expect(new QuantileWindow(SIZE).quantile(0.95)).toBeUndefined();
});

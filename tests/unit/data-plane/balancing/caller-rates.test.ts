import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallerRates } from '../../../../src/data-plane/balancing/caller-rates.ts';

describe('the calls of one caller', () => {
  it('are admitted up to the burst at once, and then at the rate per minute', () => {
    const rates = new CallerRates({ maxPerMinute: 60, maxBurst: 3 });
    const take = (now: number) => rates.take('a', now);
    expect([take(0), take(0), take(0), take(0)]).toEqual([undefined, undefined, undefined, 1_000]);
    expect(take(400)).toBe(600);
    expect(take(1_000)).toBeUndefined();
    expect(take(1_000)).toBe(1_000);
    expect([take(60_000), take(60_000), take(60_000), take(60_000)]).toEqual([undefined, undefined, undefined, 1_000]);
  });

  it('do not reduce the rate of other callers', () => {
    const rates = new CallerRates({ maxPerMinute: 1, maxBurst: 1 });
    expect(rates.take('a', 0)).toBeUndefined();
    expect(rates.take('a', 0)).toBe(60_000);
    expect(rates.take('b', 0)).toBeUndefined();
  });

  it('are admitted after the returned time, and never exceed burst and rate', () => {
    const waits = fc.array(fc.nat(5_000), { maxLength: 200 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 20 }),
        waits,
        (perMinute, burst, steps) => {
          const rates = new CallerRates({ maxPerMinute: perMinute, maxBurst: burst });
          let now = 0;
          let admitted = 0;
          for (const step of steps) {
            now += step;
            const wait = rates.take('a', now);
            if (wait !== undefined) {
              now += wait;
              expect(rates.take('a', now)).toBeUndefined();
            }
            admitted += 1;
            expect(admitted).toBeLessThanOrEqual(burst + (now * perMinute) / 60_000 + 1e-6);
          }
        },
      ),
    );
  });

  it('are remembered for a bounded number of callers', () => {
    const rates = new CallerRates({ maxPerMinute: 1, maxBurst: 1 });
    for (let caller = 0; caller <= 10_000; caller += 1) rates.take(String(caller), 0);
    expect(rates.take('10000', 0)).toBe(60_000);
    expect(rates.take('0', 0)).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  faded,
  MED_STEP,
  MIN_CHANGE_MS,
  moved,
  NO_LOAD,
  rawMed,
  retold,
  UNMEASURED,
  UNTOLD,
  type Averages,
} from '../../../../src/control-plane/health/score.ts';

const averages = (responseTimeMs: number, successRate = 1): Averages => ({ responseTimeMs, successRate });

describe('the health metric (RFC 4271 §5.1.4)', () => {
  it.each([
    [averages(0), NO_LOAD, 0],
    [averages(150, 0.99), { queueDepth: 3, cpuUsage: 0 }, 46],
    [averages(5_000), NO_LOAD, 100],
    [averages(0, 0), NO_LOAD, 100],
    [averages(0), { queueDepth: 80, cpuUsage: 0 }, 50],
    [averages(0), { queueDepth: 0, cpuUsage: 0.5 }, 25],
    [averages(5_000, 0), { queueDepth: 9, cpuUsage: 7 }, 300],
  ])('of %j under %j is %d', (measured, load, med) => {
    expect(rawMed(measured, load)).toBeCloseTo(med);
  });

  it('never falls when a measurement gets worse', () => {
    const amount = fc.double({ min: 0, max: 1e4, noNaN: true });
    const rate = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(amount, rate, amount, rate, amount, (ms, success, queueDepth, cpuUsage, worse) => {
        const med = rawMed(averages(ms, success), { queueDepth, cpuUsage });
        expect(rawMed(averages(ms + worse, success), { queueDepth, cpuUsage })).toBeGreaterThanOrEqual(med);
        expect(rawMed(averages(ms, success / 2), { queueDepth, cpuUsage })).toBeGreaterThanOrEqual(med);
        expect(
          rawMed(averages(ms, success), { queueDepth: queueDepth + worse, cpuUsage: cpuUsage + worse }),
        ).toBeGreaterThanOrEqual(med);
      }),
    );
  });
});

it('takes the response time, but no success, from a call that was cancelled', () => {
  const before = averages(100, 0.8);
  const after = moved(before, { responseTimeMs: 600, succeeded: undefined });
  expect(after.successRate).toBe(before.successRate);
  expect(after.responseTimeMs).toBeGreaterThan(before.responseTimeMs);
});

describe('the advertised health', () => {
  /** The times at which the MED changes while samples come in. */
  function changes(samples: readonly (readonly [gapMs: number, responseTimeMs: number, succeeded: boolean])[]) {
    let [told, measured, now] = [UNTOLD, UNMEASURED, 0];
    const times: number[] = [];
    const meds: number[] = [];
    for (const [gapMs, responseTimeMs, succeeded] of samples) {
      now += gapMs;
      measured = moved(measured, { responseTimeMs, succeeded });
      const next = retold(told, measured, rawMed(measured, NO_LOAD), now);
      if (next.med !== told.med) times.push(now);
      told = next;
      meds.push(told.med);
    }
    return { times, meds };
  }

  const noise = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.double({ min: 0, max: 5_000, noNaN: true }), fc.boolean()),
    { maxLength: 400 },
  );

  it('changes at most once in ten seconds and in steps of 25, however the metric jumps', () => {
    fc.assert(
      fc.property(noise, (samples) => {
        const { times, meds } = changes(samples);
        for (const [index, time] of times.entries()) {
          if (index > 0) expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(MIN_CHANGE_MS);
        }
        expect(meds.every((med) => med % MED_STEP === 0)).toBe(true);
      }),
    );
  });

  it('settles under noise around one level: the first change is the last', () => {
    const jitter = fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: 200, maxLength: 200 });
    fc.assert(
      fc.property(fc.constantFrom(0, 250, 500, 750), jitter, (level, jitters) => {
        const steady: [number, number, boolean][] = Array.from({ length: 30 }, () => [0, level, true]);
        const noisy = jitters.map((by): [number, number, boolean] => [2_000, Math.max(0, level + by), true]);
        const { times, meds } = changes([[0, level, true], ...steady, ...noisy]);
        expect(times.length).toBeLessThanOrEqual(2);
        expect(meds.at(-1)).toBe(level / 10);
      }),
    );
  });

  it('changes at once after a long time without change', () => {
    const { meds } = changes([
      [0, 5, true],
      [60_000, 5, true],
      [1, 2_000, true],
    ]);
    expect(meds).toEqual([0, 0, 50]);
  });

  it('includes averages as soon as there are measurements, even if the MED stays', () => {
    expect(retold(UNTOLD, averages(5), 0.5, 1)).toEqual({ med: 0, changedAt: -Infinity, averages: averages(5) });
    const told = { med: 0, changedAt: 0, averages: averages(5) };
    expect(retold(told, averages(9), 0.9, 60_000)).toBe(told);
  });
});

describe('a copy that is no longer called', () => {
  it('fades towards the copy in use, but never becomes better, so that two slow copies do not alternate', () => {
    const [own, inUse] = [averages(2_000, 0.2), averages(800, 0.9)];
    expect(faded(own, averages(5), inUse, 0)).toEqual(own);
    const later = faded(own, averages(5), inUse, 600_000);
    expect(later.responseTimeMs).toBeCloseTo(800);
    expect(later.successRate).toBeCloseTo(0.9);
    expect(faded(averages(700), averages(5), inUse, 600_000)).toEqual(averages(700));
  });

  it('does not recover while its probes are bad', () => {
    const later = faded(averages(2_000, 0), averages(1_500, 0.5), averages(10), 600_000);
    expect(later.responseTimeMs).toBeCloseTo(1_500);
    expect(later.successRate).toBeCloseTo(0.5);
  });

  it('fades more slowly if it is the only copy', () => {
    const after = (inUse: Averages | undefined) => faded(averages(1_000), averages(0), inUse, 15_000).responseTimeMs;
    expect(after(averages(0))).toBeCloseTo(500);
    expect(after(undefined)).toBeGreaterThan(800);
  });
});

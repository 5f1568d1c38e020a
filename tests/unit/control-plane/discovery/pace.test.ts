import { describe, expect, it } from 'vitest';
import { delayMs, type Pace } from '../../../../src/control-plane/discovery/pace.ts';

const PACE: Pace = { intervalMs: 300_000, retries: 3, backoffMs: 300, maxBackoffMs: 5_000 };
const MIDDLE = 0.5;

describe('the pace of discovery', () => {
  it('asks again after the interval, spread by a quarter in both directions', () => {
    expect(delayMs(PACE, 0, MIDDLE)).toBe(300_000);
    expect(delayMs(PACE, 0, 0)).toBe(225_000);
    expect(delayMs(PACE, 0, 0.999_999)).toBe(375_000);
  });

  it('retries quickly after a failure, then less and less often, but at least twice a minute', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => delayMs(PACE, failures, MIDDLE));
    expect(delays).toEqual([300, 600, 1_200, 10_000, 20_000, 30_000, 30_000, 30_000]);
  });

  it('limits the time between quick retries', () => {
    expect(delayMs({ ...PACE, retries: 10 }, 9, MIDDLE)).toBe(5_000);
  });

  it('never waits longer after a failure than after an answer', () => {
    expect(delayMs({ ...PACE, intervalMs: 200 }, 1, MIDDLE)).toBe(200);
    expect(delayMs({ ...PACE, intervalMs: 200 }, 9, MIDDLE)).toBe(200);
  });

  it('makes no quick retries if none are configured', () => {
    expect(delayMs({ ...PACE, retries: 0 }, 1, MIDDLE)).toBe(10_000);
  });
});

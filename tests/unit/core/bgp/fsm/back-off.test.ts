import { describe, expect, it } from 'vitest';
import { afterFailure, NEVER_TRIED, retryDelayMs } from '../../../../../src/core/bgp/fsm/back-off.ts';

describe('the delay before the next attempt (RFC 4271 §8.1.1)', () => {
  it.each([
    // attempts, flaps, met, delay
    [0, 0, false, 250],
    [1, 0, false, 250],
    [2, 0, false, 500],
    [3, 0, false, 1_000],
    [5, 0, false, 4_000],
    [6, 0, false, 5_000],
    [5_000, 0, false, 5_000],
    [1, 0, true, 250],
    [6, 0, true, 8_000],
    [8, 0, true, 32_000],
    [9, 0, true, 60_000],
    [5_000, 0, true, 60_000],
    [1, 1, true, 500],
    [1, 8, true, 60_000],
  ])('is after %i failures and %i short sessions, ever met: %s, %i ms', (attempts, flaps, met, delay) => {
    expect(retryDelayMs({ attempts, flaps, met }, 0)).toBe(delay);
  });

  it.each([
    [0, 250],
    [0.5, 219],
    [0.999, 188],
  ])('is shortened by jitter %f by up to a quarter: %i ms (RFC 4271 §10)', (jitter, delay) => {
    expect(retryDelayMs(NEVER_TRIED, jitter)).toBe(delay);
  });

  it('is asked to grow by every failure', () => {
    expect(afterFailure(afterFailure(NEVER_TRIED))).toEqual({ attempts: 2, flaps: 0, met: false });
  });
});

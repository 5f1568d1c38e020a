import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Breakers } from '../../../src/health/breakers.ts';

const HOP = 'http://server0:4111';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function setting(tryOut: () => Promise<boolean> | undefined) {
  const changes: boolean[] = [];
  const breakers = new Breakers({
    rules: { failures: 3, openMs: 1_000 },
    now: () => Date.now(),
    tryOut,
    onChange: (_nextHop, usable) => changes.push(usable),
  });
  const fail = (times: number): void => {
    for (let i = 0; i < times; i += 1) breakers.record(HOP, false);
  };
  return { breakers, changes, fail };
}

describe('a breaker', () => {
  it('opens after so many failures in a row, and not before', () => {
    const { breakers, changes, fail } = setting(() => undefined);
    fail(2);
    breakers.record(HOP, true);
    fail(2);
    expect(breakers.waitMs(HOP)).toBeUndefined();
    fail(1);
    expect(breakers.waitMs(HOP)).toBe(1_000);
    expect(changes).toEqual([false]);
    breakers.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is closed by a probe that is answered, without any call', async () => {
    const { breakers, changes, fail } = setting(() => Promise.resolve(true));
    fail(3);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(breakers.waitMs(HOP)).toBeUndefined();
    expect(changes).toEqual([false, true]);
    fail(2);
    expect(changes).toEqual([false, true]);
  });

  it('rests ever longer while probes fail, thirty seconds at most', async () => {
    const { breakers, changes, fail } = setting(() => Promise.resolve(false));
    fail(3);
    const rests: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      const rest = breakers.waitMs(HOP) ?? 0;
      rests.push(rest);
      await vi.advanceTimersByTimeAsync(rest);
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(changes).toEqual([false]);
    breakers.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets a call decide where nobody can probe: one more failure opens it again', async () => {
    const { breakers, changes, fail } = setting(() => undefined);
    fail(3);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(changes).toEqual([false, true]);
    fail(1);
    expect(breakers.waitMs(HOP)).toBe(2_000);
    expect(changes).toEqual([false, true, false]);
    await vi.advanceTimersByTimeAsync(2_000);
    breakers.record(HOP, true);
    expect(changes).toEqual([false, true, false, true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is closed by a sign of life, which does not make up for calls that fail', () => {
    const { breakers, changes, fail } = setting(() => undefined);
    fail(2);
    breakers.signOfLife(HOP, true);
    fail(1);
    expect(changes).toEqual([false]);
    breakers.signOfLife(HOP, true);
    expect(changes).toEqual([false, true]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

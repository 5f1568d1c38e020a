import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { callerAdmission } from '../../../../src/data-plane/balancing/caller-admission.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the calls of a caller', () => {
  it.each([
    ['without limits', {}, [undefined, undefined, undefined, undefined]],
    ['with a burst only', { maxBurst: 1 }, [undefined, undefined, undefined, undefined]],
    ['with a rate only', { maxPerMinute: 3 }, [undefined, undefined, undefined, 20_000]],
    ['with a rate and a burst', { maxPerMinute: 60, maxBurst: 2 }, [undefined, undefined, 1_000, 1_000]],
  ])('are admitted %s', (_case, limits, waits) => {
    const admit = callerAdmission(limits);
    expect(waits.map(() => admit('a'))).toEqual(waits);
  });

  it('are admitted again once the time has passed', () => {
    const admit = callerAdmission({ maxPerMinute: 60, maxBurst: 1 });
    expect([admit('a'), admit('a')]).toEqual([undefined, 1_000]);
    vi.advanceTimersByTime(1_000);
    expect(admit('a')).toBeUndefined();
  });

  it('do not count against another caller', () => {
    const admit = callerAdmission({ maxPerMinute: 1 });
    expect([admit('a'), admit('b'), admit('a')]).toEqual([undefined, undefined, 60_000]);
  });
});

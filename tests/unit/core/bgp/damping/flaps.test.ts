import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Flaps, MAX_FLAPPING, REUSE_STEP_MS } from '../../../../../src/core/bgp/damping/flaps.ts';
import { ceilingOf } from '../../../../../src/core/bgp/damping/penalty.ts';
import { MINUTE, RULES } from './rules.ts';

describe('a name that comes and goes', () => {
  it('is suppressed by the flap that brings it above the threshold, once (RFC 7196 §6)', () => {
    const flaps = new Flaps(RULES);
    const suppressed = Array.from({ length: 9 }, () => flaps.add('a', 'withdrawn', 0));
    expect(suppressed).toEqual([false, false, false, false, false, false, true, false, false]);
  });

  it('counts half for another path', () => {
    const flaps = new Flaps(RULES);
    flaps.add('a', 'path-changed', 0);
    expect(flaps.penaltyOf('a', 0)).toBe(500);
    flaps.add('a', 'withdrawn', 5 * MINUTE);
    expect(flaps.penaltyOf('a', 5 * MINUTE)).toBeCloseTo(1_000 + 500 / 2 ** (1 / 3), 6);
  });

  it('is suppressed no longer than the longest time after its last flap, however often it flapped', () => {
    const flaps = new Flaps(RULES);
    for (let times = 0; times < 1_000; times++) flaps.add('a', 'withdrawn', 0);
    expect(flaps.suppressedUntil('a')).toBe(60 * MINUTE);
    expect(flaps.release(60 * MINUTE - 1)).toEqual([]);
    expect(flaps.release(60 * MINUTE)).toEqual(['a']);
    expect(flaps.suppressedUntil('a')).toBeUndefined();
    expect(flaps.wakeAt).toBeUndefined();
  });

  it('that flaps while it is suppressed stays so for longer', () => {
    const flaps = new Flaps(RULES);
    for (let times = 0; times < 7; times++) flaps.add('a', 'withdrawn', 0);
    const first = flaps.suppressedUntil('a')!;
    flaps.add('a', 'withdrawn', 10 * MINUTE);
    expect(flaps.suppressedUntil('a')).toBeGreaterThan(first);
    expect(flaps.release(first)).toEqual([]);
    expect(flaps.wakeAt).toBeGreaterThan(first);
  });

  it('says when it is to be looked at again, together with others', () => {
    const flaps = new Flaps(RULES);
    for (const [at, name] of ['a', 'b', 'c'].entries()) {
      for (let times = 0; times < 7; times++) flaps.add(name, 'withdrawn', at);
    }
    const wakeAt = flaps.wakeAt!;
    expect(wakeAt % REUSE_STEP_MS).toBe(0);
    expect(flaps.release(wakeAt)).toEqual(['a', 'b', 'c']);
  });
});

describe('the memory of flaps', () => {
  it('lets go of what has been calm for long', () => {
    const flaps = new Flaps(RULES);
    flaps.add('a', 'withdrawn', 0);
    flaps.add('b', 'withdrawn', 20 * MINUTE);
    expect(flaps.size).toBe(2);
    flaps.add('c', 'withdrawn', 22 * MINUTE);
    expect(flaps.size).toBe(2);
    expect(flaps.penaltyOf('a', 22 * MINUTE)).toBe(0);
  });

  it('is bounded: what does not fit is not damped, what is known stays known', () => {
    const flaps = new Flaps(RULES);
    for (let at = 0; at < MAX_FLAPPING + 10; at++) flaps.add(`agent${at}`, 'withdrawn', 0);
    expect(flaps.size).toBe(MAX_FLAPPING);
    for (let times = 0; times < 10; times++) flaps.add('another', 'withdrawn', 0);
    expect(flaps.suppressedUntil('another')).toBeUndefined();
    for (let times = 0; times < 6; times++) flaps.add('agent0', 'withdrawn', 0);
    expect(flaps.suppressedUntil('agent0')).toBeDefined();
  });
});

it('of any flaps: no penalty passes the ceiling, and what is suppressed is released when it is at the threshold, never before', () => {
  const flap = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom('withdrawn' as const, 'path-changed' as const),
    waitMs: fc.integer({ min: 0, max: 5 * MINUTE }),
  });
  fc.assert(
    fc.property(fc.array(flap, { maxLength: 60 }), (script) => {
      const flaps = new Flaps(RULES);
      let now = 0;
      const release = (): void => {
        for (const name of flaps.release(now)) expect(flaps.penaltyOf(name, now)).toBeLessThanOrEqual(750.001);
      };
      for (const { name, kind, waitMs } of script) {
        now += waitMs;
        release();
        flaps.add(name, kind, now);
        expect(flaps.penaltyOf(name, now)).toBeLessThanOrEqual(ceilingOf(RULES));
        for (const each of ['a', 'b', 'c']) {
          if (flaps.penaltyOf(each, now) > RULES.suppressAbove) expect(flaps.suppressedUntil(each)).toBeDefined();
          if (flaps.suppressedUntil(each) !== undefined) expect(flaps.penaltyOf(each, now)).toBeGreaterThan(749.999);
        }
      }
      while (flaps.wakeAt !== undefined) {
        expect(flaps.wakeAt).toBeGreaterThan(now - REUSE_STEP_MS);
        now = flaps.wakeAt;
        release();
      }
      for (const each of ['a', 'b', 'c']) expect(flaps.suppressedUntil(each)).toBeUndefined();
    }),
  );
});

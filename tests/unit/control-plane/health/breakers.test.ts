import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Breakers, type BreakerEntry } from '../../../../src/control-plane/health/breakers.ts';

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
  /** Lets a call pass. */
  const pass = (): BreakerEntry => {
    const answer = breakers.admit(HOP);
    if (answer.kind !== 'passed') throw new Error(`The breaker is ${answer.kind}.`);
    return answer.entry;
  };
  const call = (succeeded: boolean | undefined): void => {
    const entry = pass();
    if (succeeded !== undefined) entry.record(succeeded);
    entry.leave();
  };
  const fail = (times: number): void => {
    for (let i = 0; i < times; i += 1) call(false);
  };
  const restMs = (): number | undefined => {
    const answer = breakers.admit(HOP);
    return answer.kind === 'resting' ? answer.restMs : undefined;
  };
  return { breakers, changes, pass, call, fail, restMs };
}

describe('a breaker', () => {
  it('opens after the configured number of consecutive failures, and not before', () => {
    const { breakers, changes, call, fail, restMs } = setting(() => undefined);
    fail(2);
    call(true);
    fail(2);
    expect(restMs()).toBeUndefined();
    fail(1);
    expect(restMs()).toBe(1_000);
    expect(changes).toEqual([false]);
    breakers.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is closed by an answered probe, without any call', async () => {
    const { changes, fail, restMs } = setting(() => Promise.resolve(true));
    fail(3);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(restMs()).toBeUndefined();
    expect(changes).toEqual([false, true]);
    fail(2);
    expect(changes).toEqual([false, true]);
  });

  it('pauses longer and longer while probes fail, at most thirty seconds', async () => {
    const { breakers, changes, fail, restMs } = setting(() => Promise.resolve(false));
    fail(3);
    const rests: number[] = [];
    for (let i = 0; i < 7; i += 1) {
      const rest = restMs() ?? 0;
      rests.push(rest);
      await vi.advanceTimersByTimeAsync(rest);
    }
    expect(rests).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(changes).toEqual([false]);
    breakers.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets a call decide if the next hop cannot be probed: one more failure opens it again', async () => {
    const { changes, call, fail, restMs } = setting(() => undefined);
    fail(3);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(changes).toEqual([false, true]);
    fail(1);
    expect(restMs()).toBe(2_000);
    expect(changes).toEqual([false, true, false]);
    await vi.advanceTimersByTimeAsync(2_000);
    call(true);
    expect(changes).toEqual([false, true, false, true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is closed by a sign of life, which does not offset failed calls', () => {
    const { breakers, changes, fail } = setting(() => undefined);
    fail(2);
    breakers.signOfLife(HOP, true);
    fail(1);
    expect(changes).toEqual([false]);
    breakers.signOfLife(HOP, true);
    expect(changes).toEqual([false, true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sets no timer for a probe that fails after it was stopped', async () => {
    let end = (_alive: boolean): void => undefined;
    const { breakers, fail } = setting(() => new Promise((resolve) => (end = resolve)));
    fail(3);
    await vi.advanceTimersByTimeAsync(1_000);
    breakers.stop();
    end(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a half-open breaker', () => {
  /** A breaker whose probe is a call or a liveness probe. `end` ends the probe. */
  async function halfOpen(by: 'call' | 'sign of life') {
    let answer = (_alive: boolean): void => undefined;
    const asked = vi.fn(() => new Promise<boolean>((resolve) => (answer = resolve)));
    const given = setting(by === 'call' ? () => undefined : asked);
    given.fail(3);
    await vi.advanceTimersByTimeAsync(1_000);
    const entry = by === 'call' ? given.pass() : undefined;
    const end = async (succeeded: boolean): Promise<void> => {
      if (entry === undefined) answer(succeeded);
      else entry.record(succeeded);
      await vi.advanceTimersByTimeAsync(0);
    };
    return { ...given, entry, end, asked };
  }

  it.each(['call', 'sign of life'] as const)('admits no call while its probe, a %s, runs', async (by) => {
    const { breakers, end, restMs } = await halfOpen(by);
    const answers = Array.from({ length: 10 }, () => breakers.admit(HOP));
    expect(answers.map(({ kind }) => kind)).toEqual(answers.map(() => 'probing'));
    expect(breakers.isProbed(HOP)).toBe(true);
    const decided = vi.fn();
    for (const answer of answers) if (answer.kind === 'probing') void answer.decided.then(decided);
    await vi.advanceTimersByTimeAsync(500);
    expect(decided).not.toHaveBeenCalled();
    await end(false);
    expect(decided).toHaveBeenCalledTimes(10);
    expect(breakers.isProbed(HOP)).toBe(false);
    expect(restMs()).toBe(2_000);
    breakers.stop();
  });

  it.each(['call', 'sign of life'] as const)('is closed by its probe, a %s', async (by) => {
    const { changes, end, pass, asked } = await halfOpen(by);
    await end(true);
    pass().leave();
    expect(changes).toEqual([false, true]);
    expect(asked).toHaveBeenCalledTimes(by === 'call' ? 0 : 1);
  });

  it('waits for the next call if its probe, a call, has no outcome', async () => {
    const { breakers, entry, pass, changes } = await halfOpen('call');
    const answer = breakers.admit(HOP);
    entry?.leave();
    if (answer.kind === 'probing') await answer.decided;
    pass().record(true);
    expect(changes).toEqual([false, true]);
  });

  it('is closed by any answered call, and its probe then counts as an ordinary call', async () => {
    const { breakers, entry, end, fail, restMs } = await halfOpen('call');
    const answer = breakers.admit(HOP);
    breakers.signOfLife(HOP, true);
    if (answer.kind === 'probing') await answer.decided;
    await end(false);
    entry?.leave();
    expect(restMs()).toBeUndefined();
    fail(2);
    expect(restMs()).toBe(1_000);
    breakers.stop();
  });

  it('is not opened by calls that were sent before', async () => {
    const { breakers, call, pass, changes } = setting(() => undefined);
    const [early, late] = [pass(), pass()];
    for (let i = 0; i < 3; i += 1) call(false);
    await vi.advanceTimersByTimeAsync(1_000);
    early.record(false);
    const probe = pass();
    late.record(false);
    expect(breakers.isProbed(HOP)).toBe(true);
    probe.record(true);
    expect(changes).toEqual([false, true]);
  });
});

it('at most one probe runs at any time, and every wait for one ends', async () => {
  const command = fc.oneof(
    fc.constant({ does: 'call' } as const),
    fc.record({
      does: fc.constant('end' as const),
      call: fc.nat(5),
      succeeded: fc.constantFrom(true, false, false, undefined),
    }),
    fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (script) => {
      const { breakers } = setting(() => undefined);
      const running: BreakerEntry[] = [];
      let probe: BreakerEntry | undefined;
      let waiting = 0;
      const end = (entry: BreakerEntry | undefined, succeeded: boolean | undefined): void => {
        if (entry === undefined) return;
        running.splice(running.indexOf(entry), 1);
        if (succeeded !== undefined) entry.record(succeeded);
        entry.leave();
        if (entry === probe) probe = undefined;
      };
      for (const step of script) {
        if (step.does === 'wait') await vi.advanceTimersByTimeAsync(step.ms);
        else if (step.does === 'end') end(running[step.call], step.succeeded);
        else {
          const answer = breakers.admit(HOP);
          if (answer.kind === 'passed') {
            running.push(answer.entry);
            if (!breakers.isProbed(HOP)) continue;
            expect(probe).toBeUndefined();
            probe = answer.entry;
          } else if (answer.kind === 'probing') {
            expect(running).toContain(probe);
            waiting += 1;
            void answer.decided.then(() => (waiting -= 1));
          }
        }
        if (!breakers.isProbed(HOP)) probe = undefined;
      }
      for (const entry of [...running]) end(entry, undefined);
      await vi.advanceTimersByTimeAsync(0);
      expect(waiting).toBe(0);
      breakers.stop();
      expect(vi.getTimerCount()).toBe(0);
    }),
  );
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Monitor } from '../../../../src/control-plane/health/monitor.ts';
import { NO_LOAD, type Load } from '../../../../src/control-plane/health/score.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

type Answer = { readonly responseTimeMs: number; readonly load?: Load } | 'fails' | 'hangs';

function setting(servers: readonly string[]) {
  const answers: Record<string, Answer> = {};
  const probes: Record<string, number[]> = {};
  const changes: string[] = [];
  const monitor = new Monitor(
    servers.map((name) => ({
      name,
      probe: (signal: AbortSignal) => {
        (probes[name] ??= []).push(Date.now());
        const answer = answers[name] ?? { responseTimeMs: 5 };
        if (answer === 'fails') return Promise.reject(new Error('It fails.'));
        if (answer === 'hangs') {
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reject(new Error('Nobody waits any more.'));
            });
          });
        }
        return Promise.resolve({ load: NO_LOAD, ...answer });
      },
    })),
    {
      intervalMs: 60_000,
      timeoutMs: 5_000,
      random: () => 0.5,
      onChange: (change) => changes.push(`${change.server}:${change.agent ?? '*'}`),
      onProbe: () => undefined,
    },
  );
  monitor.start();
  const calls = (server: string, responseTimeMs: number, succeeded = true, times = 1): void => {
    for (let i = 0; i < times; i += 1) monitor.called(server, 'agent', { responseTimeMs, succeeded });
  };
  return { monitor, answers, probes, changes, calls, med: (server: string) => monitor.told(server, 'agent').med };
}

describe('probes', () => {
  it('come soon after the start and then at the interval, while the server is healthy', async () => {
    const { probes, monitor } = setting(['a']);
    const start = Date.now();
    await vi.advanceTimersByTimeAsync(130_000);
    expect(probes['a']?.map((time) => time - start)).toEqual([5_000, 65_000, 125_000]);
    monitor.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('follow quickly after a failure, then less and less often', async () => {
    const { probes, answers, monitor } = setting(['a']);
    answers['a'] = 'fails';
    const start = Date.now();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(probes['a']?.map((time) => time - start)).toEqual([5_000, 6_000, 8_000, 12_000, 20_000]);
    monitor.stop();
  });

  it('measure the load that a server reports, and its response time', async () => {
    const { answers, med, changes, monitor } = setting(['a', 'b']);
    answers['a'] = { responseTimeMs: 5, load: { queueDepth: 5, cpuUsage: 1 } };
    await vi.advanceTimersByTimeAsync(5_000);
    expect([med('a'), med('b')]).toEqual([100, 0]);
    expect(changes).toEqual(['a:*', 'b:*']);
    expect(monitor.told('b', 'agent').averages).toMatchObject({ successRate: 1 });
    monitor.stop();
  });

  it('of a server that hangs end at their time limit and count as failed', async () => {
    const { answers, med, monitor } = setting(['a']);
    answers['a'] = 'hangs';
    await vi.advanceTimersByTimeAsync(30_000);
    expect(med('a')).toBeGreaterThanOrEqual(100);
    monitor.stop();
  });

  it('of an unhealthy server come often, so that its recovery is noticed', async () => {
    const { answers, med, monitor } = setting(['a']);
    answers['a'] = { responseTimeMs: 3_000 };
    await vi.advanceTimersByTimeAsync(60_000);
    expect(med('a')).toBe(100);
    answers['a'] = { responseTimeMs: 5 };
    await vi.advanceTimersByTimeAsync(60_000);
    expect(med('a')).toBe(0);
    monitor.stop();
  });
});

describe('calls', () => {
  it('that become slow or fail count at once, and only for their own agent', async () => {
    const { calls, med, monitor } = setting(['a', 'b']);
    await vi.advanceTimersByTimeAsync(10_000);
    calls('a', 2_000);
    expect(med('a')).toBe(50);
    expect(monitor.told('a', 'other').med).toBe(0);
    calls('b', 5, false);
    expect(med('b')).toBe(25);
    monitor.stop();
  });

  it('finally decide which copy is used, and an unused copy is tried again', async () => {
    const { calls, med, monitor } = setting(['a', 'b']);
    await vi.advanceTimersByTimeAsync(10_000);
    calls('a', 2_000, true, 10);
    for (let second = 0; second < 90; second += 1) {
      calls('b', 5, true, 10);
      await vi.advanceTimersByTimeAsync(1_000);
      if (second === 15) expect(med('a')).toBeGreaterThan(0);
    }
    expect([med('a'), med('b')]).toEqual([0, 0]);
    monitor.stop();
  });

  it('two equally slow copies do not take turns', async () => {
    const { calls, med, monitor, changes } = setting(['a', 'b']);
    calls('a', 800, true, 20);
    calls('b', 800, true, 20);
    const told = new Set<string>();
    for (let second = 0; second < 300; second += 1) {
      calls('a', 800);
      await vi.advanceTimersByTimeAsync(1_000);
      if (second > 30) told.add(`${med('a')} ${med('b')}`);
    }
    expect([...told]).toEqual(['75 75']);
    expect(changes.filter((change) => change !== 'a:*' && change !== 'b:*').length).toBeLessThan(8);
    monitor.stop();
  });
});

it('a server has the worst health while it may not be called', async () => {
  const { monitor, med } = setting(['a']);
  monitor.usable('a', false);
  expect(med('a')).toBe(999);
  await vi.advanceTimersByTimeAsync(10_000);
  monitor.usable('a', true);
  expect(med('a')).toBe(0);
  monitor.stop();
});

it('the measurements of an agent are forgotten with it', async () => {
  const { calls, med, monitor } = setting(['a']);
  await vi.advanceTimersByTimeAsync(10_000);
  calls('a', 2_000, true, 10);
  expect(med('a')).toBeGreaterThan(0);
  monitor.forget('a', ['agent']);
  expect(med('a')).toBe(0);
  monitor.stop();
});

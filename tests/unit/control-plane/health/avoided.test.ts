import { beforeEach, describe, expect, it } from 'vitest';
import { HealthTable } from '../../../../src/control-plane/health/health-table.ts';

const AGENT = 'agent';
const WELL = { responseTimeMs: 20, succeeded: true };
const FAILED = { responseTimeMs: undefined, succeeded: false };

let table: HealthTable;
let now: number;

const call = (server: string, sample: typeof WELL | typeof FAILED) => {
  now += 100;
  table.called(server, AGENT, sample, now);
};
const avoids = (server: string) => table.isAvoided(server, AGENT);

describe('a copy beside another that is in use', () => {
  beforeEach(() => {
    table = new HealthTable(['a', 'b']);
    now = 0;
    for (const server of ['a', 'b', 'a', 'b']) call(server, WELL);
  });

  it('is avoided after two failures, although the first has just been advertised', () => {
    call('a', FAILED);
    expect(table.told('a', AGENT).med).toBe(25);
    expect(avoids('a')).toBe(false);
    call('a', FAILED);
    expect(avoids('a')).toBe(true);
    expect(table.told('a', AGENT).med).toBe(25);
  });

  it('is avoided after one answer that took two seconds', () => {
    call('a', { responseTimeMs: 2_000, succeeded: true });
    expect(avoids('a')).toBe(true);
    expect(avoids('b')).toBe(false);
  });

  it('is not avoided after what may be chance', () => {
    call('a', { responseTimeMs: 500, succeeded: true });
    call('a', WELL);
    call('a', FAILED);
    expect(avoids('a')).toBe(false);
  });

  it('is used again when its measurements have faded, well after it was avoided', () => {
    for (let times = 0; times < 3; times++) call('a', FAILED);
    let seconds = 0;
    for (; avoids('a') && seconds < 60; seconds++) {
      now += 900;
      call('b', WELL);
      table.review(now);
    }
    expect(seconds).toBeGreaterThan(15);
    expect(seconds).toBeLessThan(40);
  });

  it('is used again at once when its server is back', () => {
    for (let times = 0; times < 3; times++) call('a', FAILED);
    table.answers('a', false);
    table.answers('a', true);
    table.review(now);
    expect(avoids('a')).toBe(false);
  });

  it('is not avoided in favour of an equally bad copy', () => {
    for (let times = 0; times < 10; times++) for (const server of ['a', 'b']) call(server, FAILED);
    expect([avoids('a'), avoids('b')]).toEqual([false, false]);
  });
});

it('a copy without another in use is never avoided', () => {
  table = new HealthTable(['a', 'b']);
  now = 0;
  call('b', WELL);
  now += 20_000;
  for (let times = 0; times < 10; times++) call('a', FAILED);
  expect(avoids('a')).toBe(false);
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReadPace } from '../../../../src/control-plane/speaker/read-pace.ts';
import { Reader } from '../../../../src/control-plane/speaker/reader.ts';

const MIB = 1024 * 1024;

let calls: string[];
let reader: Reader;

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  const link = { pause: () => calls.push('pause'), resume: () => calls.push('resume') };
  reader = new Reader({ link, pace: new ReadPace({ bytes: MIB, messages: 10 }, Date.now()), now: Date.now });
});

afterEach(() => {
  reader.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a link that is read', () => {
  it('is not paused for a message that is processed at once', () => {
    reader.came(100);
    reader.done();
    reader.settle();
    expect(calls).toEqual([]);
  });

  it('is paused while a message is being processed', () => {
    reader.came(100);
    reader.settle();
    reader.came(100);
    reader.settle();
    reader.done();
    expect(calls).toEqual(['pause']);
    reader.done();
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('is paused until the excess of its peer has been made up for', () => {
    reader.came(3 * MIB);
    reader.done();
    reader.settle();
    vi.advanceTimersByTime(1_999);
    expect(calls).toEqual(['pause']);
    vi.advanceTimersByTime(1);
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('delays the hold timer while it is paused, and for the hold time afterwards', () => {
    expect(reader.silentAt(3_000)).toBe(-Infinity);
    reader.came(3 * MIB);
    reader.done();
    reader.settle();
    vi.advanceTimersByTime(500);
    expect(reader.silentAt(3_000)).toBe(Date.now() + 3_000);
    vi.advanceTimersByTime(1_500);
    const resumedAt = Date.now();
    vi.advanceTimersByTime(60_000);
    expect(reader.silentAt(3_000)).toBe(resumedAt + 3_000);
  });

  it('leaves no timer running when it ends', () => {
    reader.came(3 * MIB);
    reader.settle();
    expect(vi.getTimerCount()).toBe(1);
  });
});

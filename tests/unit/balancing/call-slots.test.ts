import { describe, expect, it } from 'vitest';
import { CallSlots } from '../../../src/balancing/call-slots.ts';

const signal = new AbortController().signal;

function setting(maxConcurrent: number, maxQueued: number) {
  const slots = new CallSlots({ maxConcurrent, maxQueued });
  const begun: number[] = [];
  const enter = async (call: number, nextHop = 'a', ends = signal): Promise<void> => {
    await slots.enter(nextHop, ends, () => 70);
    begun.push(call);
  };
  return { slots, begun, enter };
}

describe('calls of one next hop', () => {
  it('run so many at once; the others follow in order as these end', async () => {
    const { slots, begun, enter } = setting(2, 5);
    const all = [1, 2, 3, 4].map((call) => enter(call));
    await Promise.all(all.slice(0, 2));
    expect(begun).toEqual([1, 2]);
    slots.leave('a');
    await all[2];
    expect(begun).toEqual([1, 2, 3]);
    slots.leave('a');
    await all[3];
    expect(begun).toEqual([1, 2, 3, 4]);
  });

  it('beyond the queue are refused at once, with the time after which to come again', async () => {
    const { enter } = setting(1, 1);
    await enter(1);
    void enter(2);
    await expect(enter(3)).rejects.toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      reached: 'no',
      details: { retryAfterMs: 70 },
    });
    await enter(4, 'another');
  });

  it('that end while they wait make room for others', async () => {
    const { slots, begun, enter } = setting(1, 1);
    await enter(1);
    const caller = new AbortController();
    const left = expect(enter(2, 'a', caller.signal)).rejects.toMatchObject({ code: 'TIMEOUT', reached: 'no' });
    caller.abort();
    await left;
    const third = enter(3);
    slots.leave('a');
    await third;
    expect(begun).toEqual([1, 3]);
    slots.leave('a');
    await enter(4);
  });

  it('that have ended before do not wait', async () => {
    const { enter } = setting(1, 1);
    await enter(1);
    await expect(enter(2, 'a', AbortSignal.abort())).rejects.toMatchObject({ reached: 'no' });
  });
});

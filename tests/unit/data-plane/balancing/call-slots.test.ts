import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CallSlots, OWN_USER, type SlotHolder } from '../../../../src/data-plane/balancing/call-slots.ts';

const signal = new AbortController().signal;

function setting(maxConcurrent: number, maxQueued: number) {
  const slots = new CallSlots({ maxConcurrent, maxQueued });
  const begun: number[] = [];
  const enter = async (call: number, nextHop = 'a', ends = signal): Promise<void> => {
    await slots.enter(nextHop, OWN_USER, ends, () => 70);
    begun.push(call);
  };
  return { slots, begun, enter };
}

describe('calls to one next hop', () => {
  it('run up to the limit at once; the others follow in order as these end', async () => {
    const { slots, begun, enter } = setting(2, 5);
    const all = [1, 2, 3, 4].map((call) => enter(call));
    await Promise.all(all.slice(0, 2));
    expect(begun).toEqual([1, 2]);
    slots.leave('a', OWN_USER);
    await all[2];
    expect(begun).toEqual([1, 2, 3]);
    slots.leave('a', OWN_USER);
    await all[3];
    expect(begun).toEqual([1, 2, 3, 4]);
  });

  it('beyond the queue are rejected at once, with a retry time', async () => {
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

  it('that are cancelled while they wait make room for others', async () => {
    const { slots, begun, enter } = setting(1, 1);
    await enter(1);
    const caller = new AbortController();
    const left = expect(enter(2, 'a', caller.signal)).rejects.toMatchObject({ code: 'TIMEOUT', reached: 'no' });
    caller.abort();
    await left;
    const third = enter(3);
    slots.leave('a', OWN_USER);
    await third;
    expect(begun).toEqual([1, 3]);
    slots.leave('a', OWN_USER);
    await enter(4);
  });

  it('that were cancelled before do not wait', async () => {
    const { enter } = setting(1, 1);
    await enter(1);
    await expect(enter(2, 'a', AbortSignal.abort())).rejects.toMatchObject({ reached: 'no' });
  });
});

interface Call {
  readonly holder: SlotHolder;
  state: 'waits' | 'runs' | 'refused' | 'ended';
  readonly ends: AbortController;
}

/** Callers of one next hop, and the outcomes of their calls. */
function shared(maxConcurrent: number, maxQueued: number) {
  const slots = new CallSlots({ maxConcurrent, maxQueued });
  const calls: Call[] = [];
  const of = (state: string, holder?: SlotHolder) =>
    calls.filter((call) => call.state === state && (holder === undefined || call.holder === holder));
  const enter = (holder: SlotHolder, times = 1): void => {
    for (let made = 0; made < times; made += 1) {
      const call: Call = { holder, state: 'waits', ends: new AbortController() };
      calls.push(call);
      slots
        .enter('a', holder, call.ends.signal, () => 70)
        .then(
          () => (call.state = 'runs'),
          () => (call.state = 'refused'),
        );
    }
  };
  const leave = (holder: SlotHolder): void => {
    const [call] = of('runs', holder);
    if (call === undefined) return;
    call.state = 'ended';
    slots.leave('a', holder);
  };
  return { enter, leave, calls, count: (state: string, holder?: SlotHolder) => of(state, holder).length };
}

describe('a greedy caller', () => {
  it('cannot take the slots reserved for the own user and other callers', async () => {
    const { enter, count } = shared(200, 1_000);
    enter('flood', 1_200);
    await turn();
    expect(count('runs', 'flood')).toBe(170);
    enter(OWN_USER, 20);
    for (let peer = 0; peer < 10; peer += 1) enter(`peer${peer}`);
    await turn();
    expect(count('runs', OWN_USER)).toBe(20);
    expect(count('runs')).toBe(200);
  });

  it.each([2, 3, 4, 10])("cannot take the own user's slot of %i", async (maxConcurrent) => {
    const { enter, count } = shared(maxConcurrent, 0);
    for (const holder of ['flood', 'flood', 'other', 'another']) enter(holder, maxConcurrent);
    enter(OWN_USER);
    await turn();
    expect(count('runs', OWN_USER)).toBe(1);
  });

  it('gets all slots if it is the own user', async () => {
    const { enter, count } = shared(5, 0);
    enter(OWN_USER, 6);
    await turn();
    expect(count('runs')).toBe(5);
    expect(count('refused')).toBe(1);
  });

  it('takes turns with other waiting callers', async () => {
    const { enter, leave, count } = shared(1, 100);
    enter('flood', 50);
    enter('modest', 3);
    enter(OWN_USER, 3);
    await turn();
    for (let ended = 0; ended < 9; ended += 1) {
      for (const holder of ['flood', 'modest', OWN_USER] as const) if (count('runs', holder) > 0) leave(holder);
      await turn();
    }
    expect([count('waits', 'modest'), count('waits', OWN_USER)]).toEqual([0, 0]);
  });

  it('makes room in a queue that it has filled, and is rejected itself', async () => {
    const { enter, count } = shared(1, 10);
    enter('flood', 11);
    enter('modest', 2);
    enter(OWN_USER, 4);
    await turn();
    expect([count('waits', 'modest'), count('waits', OWN_USER)]).toEqual([2, 4]);
    expect([count('waits', 'flood'), count('refused', 'flood')]).toEqual([4, 6]);
  });
});

it('a thousand callers do not keep the own user waiting', async () => {
  const { enter, leave, count } = shared(200, 1_000);
  for (let guest = 0; guest < 1_000; guest += 1) enter(`guest${guest}`, 2);
  enter(OWN_USER, 300);
  await turn();
  expect(count('runs', OWN_USER)).toBe(20);
  expect(count('waits', OWN_USER)).toBe(280);
  // Every other slot that is given away while both wait is the own user's.
  for (let guest = 0; guest < 90; guest += 1) leave(`guest${guest}`);
  await turn();
  expect(count('runs', OWN_USER)).toBe(20 + 45);
});

it('slots never exceed the limit, are not left unused, and reach all waiting callers', async () => {
  const holder = fc.constantFrom<SlotHolder>(OWN_USER, 'a', 'b', 'c');
  const act = fc.oneof(
    fc.record({ does: fc.constant('enter' as const), holder, times: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ does: fc.constantFrom('leave' as const, 'hang up' as const), holder, times: fc.constant(1) }),
  );
  const limits = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 6 }));
  await fc.assert(
    fc.asyncProperty(limits, fc.array(act, { maxLength: 60 }), async ([maxConcurrent, maxQueued], acts) => {
      const { enter, leave, calls, count } = shared(maxConcurrent, maxQueued);
      for (const { does, holder: who, times } of acts) {
        if (does === 'enter') enter(who, times);
        else if (does === 'leave') leave(who);
        else calls.find((call) => call.state === 'waits' && call.holder === who)?.ends.abort();
        await turn();
        expect(count('runs')).toBeLessThanOrEqual(maxConcurrent);
        expect(count('waits')).toBeLessThanOrEqual(maxQueued);
        if (count('waits', OWN_USER) > 0) expect(count('runs')).toBe(maxConcurrent);
        for (const other of ['a', 'b', 'c']) {
          // A caller without a slot waits for a slot that another call holds.
          if (count('waits', other) > 0) expect(count('runs')).toBeGreaterThan(0);
          if (maxConcurrent > 1) expect(count('runs', other)).toBeLessThan(maxConcurrent);
        }
      }
      for (let round = 0; round < calls.length + 1; round += 1) {
        for (const who of [OWN_USER, 'a', 'b', 'c'] as const) leave(who);
        await turn();
      }
      expect([count('waits'), count('runs')]).toEqual([0, 0]);
      enter(OWN_USER, maxConcurrent);
      await turn();
      expect(count('runs')).toBe(maxConcurrent);
    }),
  );
});

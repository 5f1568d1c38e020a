import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../../../src/data-plane/forwarding/deadline.ts';
import { shareCount, type RunStage, type Stage } from '../../../../src/data-plane/forwarding/stage.ts';
import { timeShare } from '../../../../src/data-plane/forwarding/time-share.ts';
import { serverHop } from './server-hop.ts';

const LIMIT_MS = 1_200;
const [HOP, ...OTHERS] = [serverHop(0), serverHop(1), serverHop(2)] as const;

let caller: AbortController;
let deadline: Deadline;

beforeEach(() => {
  vi.useFakeTimers();
  caller = new AbortController();
  deadline = new Deadline(caller.signal, LIMIT_MS);
});

afterEach(() => {
  deadline.stop();
  vi.useRealTimers();
});

const stageOf = (others: number, attempts: number): Stage => ({
  hop: HOP,
  others: OTHERS.slice(0, others),
  tally: { attempts, crossed: [] },
  crossed: [],
  deadline,
});

const SHARES: readonly [others: number, attempts: number, shares: number][] = [
  [0, 4, 1],
  [2, 1, 1],
  [1, 4, 2],
  [2, 2, 2],
  [2, 4, 3],
];

it.each(SHARES)('with %i other hops and %i attempts, %i attempts share the time', (others, attempts, shares) => {
  expect(shareCount(stageOf(others, attempts))).toBe(shares);
});

describe('the share of one attempt in the time', () => {
  /** Runs a stage and returns the deadline under which it ran. */
  async function deadlineOf(stage: Stage): Promise<Deadline> {
    const seen: Deadline[] = [];
    const run: RunStage<string> = (now) => {
      seen.push(now.deadline);
      return Promise.resolve([{ ...now, ms: 1, outcome: 'ok', reply: 'hello' }]);
    };
    await timeShare(run)(stage);
    return seen[0]!;
  }

  it.each(SHARES)('with %i other hops and %i attempts is one of %i', async (others, attempts, shares) => {
    expect((await deadlineOf(stageOf(others, attempts))).remainingMs).toBe(LIMIT_MS / shares);
  });

  it('ends with the call, but not by itself once the attempt has answered', async () => {
    const { signal } = await deadlineOf(stageOf(1, 4));
    await vi.advanceTimersByTimeAsync(LIMIT_MS / 2 + 1);
    expect(signal.aborted).toBe(false);
    caller.abort();
    expect(signal.aborted).toBe(true);
  });

  it('ends the attempt while it runs', async () => {
    const run: RunStage<string> = ({ hop, tally, deadline: { signal } }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          resolve([{ hop, tally, ms: performance.now(), outcome: 'cancelled' }]);
        });
      });
    const began = performance.now();
    const ended = timeShare(run)(stageOf(1, 4));
    await vi.advanceTimersByTimeAsync(LIMIT_MS / 2);
    expect((await ended)[0].ms - began).toBe(LIMIT_MS / 2);
    expect(deadline.signal.aborted).toBe(false);
  });
});

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure, type FailureCode } from '../../../../src/base/failure/failure.ts';
import type { Tally } from '../../../../src/data-plane/forwarding/transit-context.ts';
import { withDeadline, type Deadline } from '../../../../src/data-plane/forwarding/deadline.ts';
import { OtherAnswered } from '../../../../src/data-plane/forwarding/hedge.ts';
import type { Hop } from '../../../../src/data-plane/forwarding/hop.ts';
import { tryHops, type Trying } from '../../../../src/data-plane/forwarding/try-hops.ts';
import { peerHop, router } from './peer-hop.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const USUAL_MS = 100;
const LIMIT_MS = 60_000;

/** Behaviour of a next hop: it succeeds or fails after `afterMs`, or never ends by itself if that is absent. */
interface Play {
  readonly afterMs?: number;
  readonly fails?: FailureCode;
  /** Throws an error that is not a `Failure`. */
  readonly breaks?: boolean;
  /** Continues when it is cancelled. */
  readonly deaf?: boolean;
}

interface Asked extends Tally {
  readonly nextHop: string;
  readonly at: number;
  readonly signal: AbortSignal;
}

/** Calls scripted next hops. No timer runs after the call is over. */
async function called(plays: readonly (readonly [Hop, Play])[], trying: Partial<Trying> = {}, caller?: AbortSignal) {
  const asked: Asked[] = [];
  const learned: [string, number][] = [];
  const times = {
    usualMs: () => USUAL_MS,
    took: (nextHop: string, _agent: string, ms: number) => learned.push([nextHop, Math.round(ms)]),
  };
  const call = (hop: Hop, tally: Tally, { signal }: Deadline): Promise<string> => {
    asked.push({ nextHop: hop.nextHop, at: Math.round(performance.now()) - began, signal, ...tally });
    return played(hop, plays.find(([one]) => one === hop)![1], signal);
  };
  const began = Math.round(performance.now());
  const done = withDeadline(caller ?? new AbortController().signal, LIMIT_MS, (deadline) =>
    tryHops(
      plays.map(([hop]) => hop),
      { attempts: 4, retry: 'always', crossed: [], deadline, times, ...trying },
      call,
    ),
  )
    .catch((error: unknown) => error as Failure)
    .finally(() => {
      expect(vi.getTimerCount()).toBe(0);
    });
  await vi.advanceTimersByTimeAsync(2 * LIMIT_MS);
  const outcome = await done;
  const attempts = outcome instanceof Error ? (outcome as Partial<Failure>).details?.['attempts'] : outcome.attempts;
  return { asked, learned, nextHops: asked.map(({ nextHop }) => nextHop), outcome, attempts };
}

/** Runs the behaviour of a next hop. */
function played({ nextHop }: Hop, { afterMs, fails, breaks, deaf }: Play, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      if (breaks === true) reject(new Error('A mistake.'));
      else if (fails === undefined) resolve(`from ${nextHop}`);
      else
        reject(
          new Failure(fails, 'It failed.', {
            blames: 'server',
            reached: fails === 'SERVER_UNAVAILABLE' ? 'no' : 'yes',
          }),
        );
    };
    const timer = afterMs === undefined ? undefined : setTimeout(end, afterMs);
    if (deaf === true) return;
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      const isLate = (signal.reason as Error).name === 'TimeoutError';
      if (isLate || signal.reason instanceof OtherAnswered)
        reject(new Failure('TIMEOUT', 'It was ended.', { blames: 'nobody', reached: 'maybe' }));
      else reject(signal.reason as Error);
    });
  });
}

const SLOW: Play = { afterMs: 1_000 };
const [A, B, C, D] = [peerHop(2), peerHop(3), peerHop(4), peerHop(5)];

describe('a hedged call', () => {
  it('goes to the next copy when the first takes longer than usual; the first success cancels the other', async () => {
    const { asked, learned, outcome, attempts } = await called([
      [A, {}],
      [B, { afterMs: 50 }],
      [C, {}],
    ]);
    expect(asked.map(({ nextHop, at }) => [nextHop, at])).toEqual([
      ['http://2', 0],
      ['http://3', USUAL_MS],
    ]);
    expect(outcome).toMatchObject({ reply: 'from http://3', hop: B });
    expect(attempts).toEqual([
      { nextHop: 'http://2', outcome: 'overtaken', ms: 150 },
      { nextHop: 'http://3', outcome: 'ok', ms: 50 },
    ]);
    expect(asked[0]!.signal.reason).toMatchObject({ cut: 'overtaken' });
    expect(learned).toEqual([
      ['http://2', 150],
      ['http://3', 50],
    ]);
  });

  it('keeps the first copy if that answers after all, and does not measure the second', async () => {
    const { asked, learned, outcome, attempts } = await called([
      [A, { afterMs: 120 }],
      [B, SLOW],
    ]);
    expect(outcome).toMatchObject({ reply: 'from http://2', hop: A });
    expect(attempts).toEqual([
      { nextHop: 'http://3', outcome: 'cancelled', ms: 20 },
      { nextHop: 'http://2', outcome: 'ok', ms: 120 },
    ]);
    expect(asked[1]!.signal.reason).toMatchObject({ cut: 'cancelled' });
    expect(learned).toEqual([['http://2', 120]]);
  });

  it('waits for the other if one fails, and tries no third copy meanwhile', async () => {
    const { nextHops, attempts } = await called([
      [A, SLOW],
      [B, { afterMs: 10, fails: 'AGENT_ERROR' }],
      [C, {}],
    ]);
    expect(nextHops).toEqual(['http://2', 'http://3']);
    expect(attempts).toMatchObject([{ outcome: 'AGENT_ERROR' }, { nextHop: 'http://2', outcome: 'ok', ms: 1_000 }]);
  });

  it('is hedged once: after both have failed the others are tried one by one', async () => {
    const { asked, attempts } = await called([
      [A, { afterMs: 200, fails: 'AGENT_ERROR' }],
      [B, { afterMs: 200, fails: 'SERVER_UNAVAILABLE' }],
      [C, { afterMs: 500, fails: 'AGENT_ERROR' }],
      [D, SLOW],
    ]);
    expect(asked.map(({ at }) => at)).toEqual([0, 100, 300, 800]);
    expect(attempts).toMatchObject([
      { nextHop: 'http://2', outcome: 'AGENT_ERROR' },
      { nextHop: 'http://3', outcome: 'SERVER_UNAVAILABLE' },
      { nextHop: 'http://4', outcome: 'AGENT_ERROR' },
      { nextHop: 'http://5', outcome: 'ok' },
    ]);
  });

  it('can still be hedged after an attempt that failed sooner than usual', async () => {
    const { asked, attempts } = await called([
      [A, { afterMs: 10, fails: 'AGENT_ERROR' }],
      [B, {}],
      [C, { afterMs: 10 }],
    ]);
    expect(asked.map(({ at, attempts: budget }) => [at, budget])).toEqual([
      [0, 3],
      [10, 2],
      [110, 1],
    ]);
    expect(attempts).toMatchObject([{ outcome: 'AGENT_ERROR' }, { outcome: 'overtaken' }, { outcome: 'ok' }]);
  });

  it('ends at the deadline that all attempts share', async () => {
    const { outcome, attempts } = await called([
      [A, {}],
      [B, {}],
    ]);
    expect(outcome).toMatchObject({ code: 'TIMEOUT', reached: 'maybe' });
    expect(attempts).toMatchObject([
      { nextHop: 'http://2', outcome: 'TIMEOUT', ms: LIMIT_MS / 2 },
      { nextHop: 'http://3', outcome: 'TIMEOUT', ms: LIMIT_MS - USUAL_MS },
    ]);
  });

  it('is cancelled at both copies when its caller cancels it', async () => {
    const caller = new AbortController();
    setTimeout(() => {
      caller.abort(new Error('Enough.'));
    }, 150);
    const { asked, outcome } = await called(
      [
        [A, {}],
        [B, {}],
      ],
      {},
      caller.signal,
    );
    expect(outcome).toMatchObject({ message: 'Enough.' });
    expect(asked.map(({ signal }) => (signal.reason as Error).message)).toEqual(['Enough.', 'Enough.']);
  });

  it('is over after the first success, even if the other continues', async () => {
    const { attempts } = await called([
      [A, { deaf: true }],
      [B, { afterMs: 50 }],
    ]);
    expect(attempts).toMatchObject([{ outcome: 'overtaken' }, { outcome: 'ok' }]);
  });

  it('starts no attempt after its caller has cancelled it', async () => {
    const caller = new AbortController();
    setTimeout(() => {
      caller.abort(new Error('Enough.'));
    }, USUAL_MS / 2);
    const { nextHops, outcome } = await called(
      [
        [A, { afterMs: USUAL_MS * 2, fails: 'AGENT_ERROR', deaf: true }],
        [B, {}],
      ],
      {},
      caller.signal,
    );
    expect(nextHops).toEqual(['http://2']);
    expect(outcome).toMatchObject({ code: 'AGENT_ERROR' });
  });

  it.each([0, 1])('ends both if attempt %i throws an error that is not a failure', async (broken) => {
    const { asked, outcome } = await called(
      [A, B].map((hop, index) => [hop, index === broken ? { afterMs: 150, breaks: true } : {}]),
    );
    expect(outcome).toMatchObject({ message: 'A mistake.' });
    expect(asked[1 - broken]!.signal.reason).toBeInstanceOf(OtherAnswered);
  });

  it('tells the second about the router of the first, which it avoids like any crossed router', async () => {
    const { asked } = await called([
      [A, {}],
      [peerHop(2, { nextHop: 'http://9' }), {}],
      [peerHop(6, { asPath: [65006, [65002, 65010]] }), {}],
      [B, { afterMs: 10 }],
    ]);
    expect(asked).toMatchObject([{ crossed: [] }, { nextHop: 'http://3', crossed: [router(2)] }]);
  });
});

const sameServer: Hop = { ...A, peer: undefined, route: undefined, agentId: 'other' };

describe('a call is not hedged if', () => {
  it.each<[string, readonly Hop[], Partial<Trying>]>([
    ['its caller does not allow retries', [A, B], { retry: 'unreached' }],
    ['hedging is off', [A, B], { times: undefined }],
    ['its next hop has too few samples', [A, B], { times: { usualMs: () => undefined, took: () => undefined } }],
    ['it has no other hop', [A], {}],
    ['its only other hop leads to the same server', [A, sameServer], {}],
    ['its other hop leads to a router that it has crossed', [A, B], { crossed: [router(3)] }],
    ['it is the last attempt', [A, B], { attempts: 1 }],
  ])('%s', async (_why, hops, trying) => {
    const { nextHops, attempts } = await called(
      hops.map((hop) => [hop, SLOW]),
      trying,
    );
    expect(nextHops).toEqual(['http://2']);
    expect(attempts).toEqual([{ nextHop: 'http://2', outcome: 'ok', ms: 1_000 }]);
  });

  it('it is answered in the usual time, and its timer is stopped', async () => {
    const { nextHops } = await called([
      [A, { afterMs: USUAL_MS - 1 }],
      [B, {}],
    ]);
    expect(nextHops).toEqual(['http://2']);
  });

  it('it must not run twice, whatever its outcome', async () => {
    const play = fc.record({
      afterMs: fc.integer({ min: 1, max: 400 }),
      fails: fc.constantFrom(undefined, 'AGENT_ERROR'),
    });
    await fc.assert(
      fc.asyncProperty(fc.tuple(play, play, play), async (plays) => {
        const { nextHops } = await called(
          [A, B, C].map((hop, index) => [hop, plays[index] as Play]),
          { retry: 'unreached' },
        );
        expect(nextHops).toEqual(['http://2']);
      }),
    );
  });
});

it('all next hops together stay within the budget, with at most two attempts at once', async () => {
  const play = fc.record({
    afterMs: fc.integer({ min: 1, max: 400 }),
    fails: fc.constantFrom<FailureCode[]>('AGENT_ERROR', 'SERVER_UNAVAILABLE', 'TIMEOUT'),
    /** Maximum number of attempts of a router. */
    greed: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(play, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 4 }),
      async (plays, attempts) => {
        const hops = plays.map((one, index) => peerHop(index + 2));
        const running = new Set<string>();
        let spent = 0;
        let most = 0;
        const call = async ({ nextHop }: Hop, tally: Tally): Promise<string> => {
          const { afterMs, fails, greed } = plays[Number(nextHop.slice('http://'.length)) - 2]!;
          const tries = Math.min(greed, tally.attempts);
          expect(tally.attempts).toBeGreaterThan(0);
          spent += tries;
          running.add(nextHop);
          most = Math.max(most, running.size);
          await new Promise((resolve) => setTimeout(resolve, afterMs));
          running.delete(nextHop);
          throw new Failure(fails, 'It failed.', {
            blames: 'peer',
            reached: 'yes',
            spent: { attemptsLeft: tally.attempts - tries, crossed: [] },
          });
        };
        const times = { usualMs: () => USUAL_MS, took: () => undefined };
        const done = withDeadline(new AbortController().signal, LIMIT_MS, (deadline) =>
          tryHops(hops, { attempts, retry: 'always', crossed: [], deadline, times }, call),
        ).catch((error: unknown) => error as Failure);
        await vi.advanceTimersByTimeAsync(10_000);
        const failure = (await done) as Failure;
        expect(failure.spent?.attemptsLeft).toBe(attempts - spent);
        expect(spent).toBeLessThanOrEqual(attempts);
        expect(most).toBeLessThanOrEqual(2);
        expect(vi.getTimerCount()).toBe(0);
      },
    ),
  );
});

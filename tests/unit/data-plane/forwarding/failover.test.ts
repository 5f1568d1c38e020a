import { describe, expect, it } from 'vitest';
import { Failure, type Reached } from '../../../../src/base/failure/failure.ts';
import { withDeadline } from '../../../../src/data-plane/forwarding/deadline.ts';
import { failover, type FailoverLimits } from '../../../../src/data-plane/forwarding/failover.ts';
import type { Hop } from '../../../../src/data-plane/forwarding/hop.ts';
import type { Ends, Stage } from '../../../../src/data-plane/forwarding/stage.ts';
import { peerHop, router } from './peer-hop.ts';
import { serverHop } from './server-hop.ts';

/** Outcome of a stage: an answer, or the reach of a failed attempt. */
type Play = 'answers' | Reached;

const [A, B, C] = [serverHop(0), serverHop(1), serverHop(2)];

/** Runs stages with scripted outcomes. Every stage takes one attempt of the budget. */
async function run(
  hops: readonly Hop[],
  plays: readonly Play[],
  limits: Partial<FailoverLimits> = {},
  { signal } = new AbortController(),
) {
  const stages: Stage[] = [];
  const played = ({ hop, tally }: Stage, play: Play): Ends<string> => {
    const begun = { hop, tally, ms: 1.4 };
    if (play === 'answers') return [{ ...begun, outcome: 'ok', reply: `from ${hop.nextHop}` }];
    const failure = new Failure('SERVER_UNAVAILABLE', `${hop.nextHop} failed.`, { blames: 'server', reached: play });
    return [{ ...begun, outcome: 'failed', failure }];
  };
  const outcome = await withDeadline(signal, 60_000, (deadline) =>
    failover(hops, { attempts: 4, retry: 'unreached', crossed: [], deadline, ...limits }, (stage) => {
      stages.push(stage);
      return Promise.resolve(played(stage, plays[stages.length - 1] ?? 'answers'));
    }).catch((error: unknown) => error as Failure),
  );
  return { stages, nextHops: stages.map(({ hop }) => hop.nextHop), outcome };
}

describe('failover', () => {
  it.each<[string, readonly Play[], Partial<FailoverLimits>, number]>([
    ['stops at the first answer', ['answers'], {}, 1],
    ['goes on after a hop that was not reached', ['no', 'answers'], {}, 2],
    ['goes on until no hop is left', ['no', 'no', 'no'], {}, 3],
    ['stops if the call may have run', ['no', 'maybe'], {}, 2],
    ['goes on if the caller allows retries', ['maybe', 'yes', 'answers'], { retry: 'always' }, 3],
    ['stops when the budget is spent', ['no', 'no'], { attempts: 2 }, 2],
  ])('%s', async (_what, plays, limits, count) => {
    const { nextHops } = await run([A, B, C], plays, limits);
    expect(nextHops).toEqual([A, B, C].slice(0, count).map(({ nextHop }) => nextHop));
  });

  it('gives each stage the remaining budget', async () => {
    const { stages } = await run([A, B, C], ['no', 'no'], { attempts: 3 });
    expect(stages.map(({ hop, others, tally }) => [hop, others, tally.attempts])).toEqual([
      [A, [B, C], 3],
      [B, [C], 2],
      [C, [], 1],
    ]);
  });

  it('skips hops to routers that the call has crossed since', async () => {
    const { nextHops } = await run([peerHop(2), peerHop(3), A], ['maybe'], { retry: 'always', crossed: [router(3)] });
    expect(nextHops).toEqual(['http://2', 'http://server0']);
  });

  it('tries a hop that is being probed last', async () => {
    const isProbed = (nextHop: string): boolean => nextHop === A.nextHop;
    const { stages, nextHops } = await run([A, B, C], ['no', 'no', 'answers'], { isProbed });
    expect(nextHops).toEqual([B, C, A].map(({ nextHop }) => nextHop));
    expect(stages[0]?.others).toEqual([C, A]);
  });

  it('starts no stage after the call has ended', async () => {
    const caller = new AbortController();
    const running = run([A, B], ['no'], {}, caller);
    caller.abort();
    const { nextHops, outcome } = await running;
    expect(nextHops).toEqual(['http://server0']);
    expect(outcome).toMatchObject({ message: 'http://server0 failed.' });
  });

  it('shows every attempt with the answer', async () => {
    const { outcome } = await run([A, B], ['no', 'answers']);
    expect(outcome).toEqual({
      reply: 'from http://server1',
      hop: B,
      attempts: [
        { nextHop: 'http://server0', outcome: 'SERVER_UNAVAILABLE', ms: 1 },
        { nextHop: 'http://server1', outcome: 'ok', ms: 1 },
      ],
      attemptsLeft: 3,
    });
  });

  it('sends no call if upstream routers have spent the budget', async () => {
    const { nextHops, outcome } = await run([A], [], { attempts: 0 });
    expect(nextHops).toEqual([]);
    expect(outcome).toMatchObject({ code: 'SERVER_UNAVAILABLE', spent: { attemptsLeft: 0, crossed: [] } });
  });
});

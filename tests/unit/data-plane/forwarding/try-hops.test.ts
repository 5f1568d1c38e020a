import { describe, expect, it } from 'vitest';
import { Failure, type Reached, type Spent } from '../../../../src/base/failure/failure.ts';
import type { Tally } from '../../../../src/data-plane/forwarding/transit-context.ts';
import { withDeadline } from '../../../../src/data-plane/forwarding/deadline.ts';
import { routeHop, type Hop } from '../../../../src/data-plane/forwarding/hop.ts';
import { tryHops, type Trying } from '../../../../src/data-plane/forwarding/try-hops.ts';
import { routeWith } from '../../core/bgp/support/route.ts';
import { peerHop, router } from './peer-hop.ts';
import { serverHop } from './server-hop.ts';

const refused = (spent?: Spent, reached: Reached = 'no') =>
  new Failure('SERVER_UNAVAILABLE', 'It failed.', { blames: 'peer', reached, spent });

/** Tries hops with scripted failures; other hops answer. Records the context that each of them got. */
async function tried(hops: readonly Hop[], failures: readonly Failure[], trying: Partial<Trying> = {}) {
  const asked: (Tally & { readonly nextHop: string })[] = [];
  const outcome = await withDeadline(new AbortController().signal, 60_000, (deadline) =>
    tryHops(hops, { attempts: 4, retry: 'unreached', crossed: [], deadline, ...trying }, (hop, tally) => {
      const failure = failures[asked.length];
      asked.push({ nextHop: hop.nextHop, ...tally });
      return failure === undefined ? Promise.resolve('reply') : Promise.reject(failure);
    }).catch((error: unknown) => error as Failure),
  );
  return { asked, nextHops: asked.map(({ nextHop }) => nextHop), outcome };
}

describe('consecutive attempts', () => {
  it('never go to a router that an earlier one reached', async () => {
    const { nextHops, outcome } = await tried(
      [peerHop(2), peerHop(3), peerHop(4)],
      [refused({ attemptsLeft: 3, crossed: [router(3), router(9)] })],
    );
    expect(nextHops).toEqual(['http://2', 'http://4']);
    expect(outcome).toMatchObject({ reply: 'reply' });
  });

  it('never take a route whose AS set contains such a router', async () => {
    const summary = { asPath: [65004, [65009, 65010]] };
    const { nextHops } = await tried(
      [peerHop(2), peerHop(4, summary), peerHop(5)],
      [refused({ attemptsLeft: 3, crossed: [router(9)] })],
    );
    expect(nextHops).toEqual(['http://2', 'http://5']);
  });

  it('tell the next router about those reached, so that it avoids them too', async () => {
    const { asked } = await tried([peerHop(2), peerHop(4)], [refused({ attemptsLeft: 3, crossed: [router(9)] })]);
    expect(asked[1]).toMatchObject({ attempts: 3, crossed: [router(2), router(9)] });
  });

  it('tell the previous router about those reached when all have failed', async () => {
    const { outcome } = await tried(
      [peerHop(2), peerHop(4)],
      [refused({ attemptsLeft: 3, crossed: [router(9)] }), refused({ attemptsLeft: undefined, crossed: [] })],
    );
    expect(outcome).toMatchObject({ spent: { attemptsLeft: 2, crossed: [router(2), router(9), router(4)] } });
  });

  it('do not count an unreachable router as crossed', async () => {
    const { outcome } = await tried([peerHop(2)], [refused()]);
    expect(outcome).toMatchObject({ spent: { attemptsLeft: 3, crossed: [] } });
  });

  it('count a router as crossed if it may have got the call and the caller allows retries', async () => {
    const { asked } = await tried([peerHop(2), peerHop(4)], [refused(undefined, 'maybe')], { retry: 'always' });
    expect(asked[1]).toMatchObject({ crossed: [router(2)] });
  });

  it('count the rejecting router as crossed, not the peer that has named it as next hop', async () => {
    const named = routeHop(
      routeWith({ peer: { ...router(2), address: 'http://2' }, attributes: { nextHop: 'http://7' } }),
      'weatherAgent',
    );
    const { outcome } = await tried([named], [refused({ attemptsLeft: 3, crossed: [router(7)] })]);
    expect(outcome).toMatchObject({ spent: { crossed: [router(7)] } });
  });

  it('ignore a budget reported by a server', async () => {
    const { nextHops, outcome } = await tried(
      [serverHop(0), peerHop(2)],
      [refused({ attemptsLeft: 0, crossed: [router(2)] })],
    );
    expect(nextHops).toEqual(['http://server0', 'http://2']);
    expect(outcome).toMatchObject({ reply: 'reply', attemptsLeft: 3 });
  });

  it('end when the downstream routers have spent all attempts', async () => {
    const { nextHops } = await tried([peerHop(2), peerHop(4)], [refused({ attemptsLeft: 0, crossed: [] })]);
    expect(nextHops).toEqual(['http://2']);
  });

  it('do not start if upstream routers have spent all attempts', async () => {
    const { nextHops, outcome } = await tried([peerHop(2)], [], { attempts: 0 });
    expect(nextHops).toEqual([]);
    expect(outcome).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no', spent: { attemptsLeft: 0 } });
  });

  it('show callers the attempts, but not the data for routers', async () => {
    const { outcome } = await tried([peerHop(2)], [refused({ attemptsLeft: 3, crossed: [router(9)] })]);
    expect(Object.keys((outcome as Failure).details).sort()).toEqual(['attempts', 'reached']);
  });
});

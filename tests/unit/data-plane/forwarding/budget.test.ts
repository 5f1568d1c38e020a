import { describe, expect, it } from 'vitest';
import type { Crossed } from '../../../../src/core/bgp/packet/crossed.ts';
import { Failure, type Reached, type Spent } from '../../../../src/base/failure/failure.ts';
import type { Ended } from '../../../../src/data-plane/forwarding/attempt.ts';
import { budgetLeft } from '../../../../src/data-plane/forwarding/budget.ts';
import type { Hop } from '../../../../src/data-plane/forwarding/hop.ts';
import { peerHop, router } from './peer-hop.ts';
import { serverHop } from './server-hop.ts';

/** A failed attempt with the share of the budget that was sent with it. */
function failed(hop: Hop, sent: number, spent?: Spent, reached: Reached = 'no'): Ended<never> {
  const failure = new Failure('SERVER_UNAVAILABLE', 'It failed.', { blames: 'peer', reached, spent });
  return { hop, tally: { attempts: sent, crossed: [] }, ms: 1, outcome: 'failed', failure };
}

const refused = (attemptsLeft: number | undefined, ...crossed: Crossed[]): Spent => ({ attemptsLeft, crossed });
const named: Hop = { ...peerHop(2), nextHop: 'http://7' };

describe('the budget of a call', () => {
  it.each<[string, readonly Ended<never>[], number, readonly Crossed[]]>([
    ['is whole before the first attempt', [], 4, []],
    ['loses one for a server that fails', [failed(serverHop(0), 4)], 3, []],
    ['loses one for an unreachable peer', [failed(peerHop(2), 4)], 3, []],
    ['loses one for a peer that reports no budget', [failed(peerHop(2), 4, refused(undefined))], 3, [router(2)]],
    [
      'loses the attempts that a peer has spent',
      [failed(peerHop(2), 4, refused(1, router(9)))],
      1,
      [router(2), router(9)],
    ],
    ['loses at least one, whatever a peer reports', [failed(peerHop(2), 4, refused(9))], 3, [router(2)]],
    ['loses at most all, whatever a peer reports', [failed(peerHop(2), 4, refused(-9))], 0, [router(2)]],
    ['ignores the budget that a server reports', [failed(serverHop(0), 4, refused(0, router(2)))], 3, []],
    [
      'counts a peer as crossed that may have got the call',
      [failed(peerHop(2), 4, undefined, 'maybe')],
      3,
      [router(2)],
    ],
    [
      'does not count a peer as crossed that named another next hop',
      [failed(named, 4, refused(3, router(7)))],
      3,
      [router(7)],
    ],
    [
      'adds up over attempts, each router once',
      [failed(peerHop(2), 4, refused(2, router(9))), failed(peerHop(3), 2, refused(1, router(9)))],
      1,
      [router(2), router(9), router(3)],
    ],
    [
      'was divided between two attempts at once',
      [failed(peerHop(3), 1), failed(peerHop(2), 3, refused(1))],
      1,
      [router(2)],
    ],
    ['is lost with a cancelled attempt', [{ ...failed(peerHop(2), 3), outcome: 'overtaken' }], 1, []],
  ])('%s', (_what, ends, attempts, crossed) => {
    expect(budgetLeft(4, ends)).toEqual({ attempts, crossed });
  });
});

import { describe, expect, it } from 'vitest';
import type { Crossed } from '../../../../src/core/bgp/packet/crossed.ts';
import { Failure, type Reached, type Spent } from '../../../../src/base/failure/failure.ts';
import type { Ended } from '../../../../src/data-plane/forwarding/attempt.ts';
import { budgetLeft } from '../../../../src/data-plane/forwarding/budget.ts';
import type { Hop } from '../../../../src/data-plane/forwarding/hop.ts';
import { peerHop, router } from './peer-hop.ts';
import { serverHop } from './server-hop.ts';

/** An attempt that failed; so many of the budget were sent with it. */
function failed(hop: Hop, sent: number, spent?: Spent, reached: Reached = 'no'): Ended<never> {
  const failure = new Failure('SERVER_UNAVAILABLE', 'It failed.', { blames: 'peer', reached, spent });
  return { hop, tally: { attempts: sent, crossed: [] }, ms: 1, outcome: 'failed', failure };
}

const refused = (attemptsLeft: number | undefined, ...crossed: Crossed[]): Spent => ({ attemptsLeft, crossed });
const named: Hop = { ...peerHop(2), nextHop: 'http://7' };

describe('the budget of a call', () => {
  it.each<[string, readonly Ended<never>[], number, readonly Crossed[]]>([
    ['is whole before the first attempt', [], 4, []],
    ['pays one for a server that fails', [failed(serverHop(0), 4)], 3, []],
    ['pays one for a peer that is not reached', [failed(peerHop(2), 4)], 3, []],
    ['pays one for a peer that says nothing', [failed(peerHop(2), 4, refused(undefined))], 3, [router(2)]],
    ['pays what a peer has spent', [failed(peerHop(2), 4, refused(1, router(9)))], 1, [router(2), router(9)]],
    ['pays one at least, whatever a peer says', [failed(peerHop(2), 4, refused(9))], 3, [router(2)]],
    ['pays all at most, whatever a peer says', [failed(peerHop(2), 4, refused(-9))], 0, [router(2)]],
    ['believes no server that speaks like a router', [failed(serverHop(0), 4, refused(0, router(2)))], 3, []],
    ['counts a peer as crossed that may have got it', [failed(peerHop(2), 4, undefined, 'maybe')], 3, [router(2)]],
    ['counts no peer that named another next hop', [failed(named, 4, refused(3, router(7)))], 3, [router(7)]],
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
    ['is lost with an attempt that was cut short', [{ ...failed(peerHop(2), 3), outcome: 'overtaken' }], 1, []],
  ])('%s', (_what, ends, attempts, crossed) => {
    expect(budgetLeft(4, ends)).toEqual({ attempts, crossed });
  });
});

import { joined, type Crossed } from '../../core/bgp/packet/crossed.ts';
import { Failure } from '../../base/failure/failure.ts';
import type { Ended } from './attempt.ts';
import type { Tally } from './transit-context.ts';
import { peerOn, type Hop } from './hop.ts';

/** Upstream routers have used all attempts of the call. */
export class AttemptsSpent extends Failure {
  constructor() {
    super(
      'SERVER_UNAVAILABLE',
      'The call arrived with no attempts left, so nothing was sent from here. Retry, or check why earlier next hops failed.',
      { blames: 'nobody', details: { reached: 'no' }, spent: { attemptsLeft: 0, crossed: [] } },
    );
  }
}

/**
 * Returns the budget that remains after these attempts. An attempt takes the budget that was sent with it. A failed
 * attempt costs one and gives back the rest, unless the routers behind its hop report that they spent more.
 */
export function budgetLeft(attempts: number, ends: readonly Ended<unknown>[]): Tally {
  const sent = ends.reduce((sum, { tally }) => sum + tally.attempts, 0);
  return ends.reduce<Tally>(
    (left, end) => (end.outcome === 'failed' ? withRest(left, end.hop, end.tally, end.failure) : left),
    { attempts: attempts - sent, crossed: [] },
  );
}

function withRest({ attempts, crossed }: Tally, hop: Hop, sent: Tally, failure: Failure): Tally {
  const { spent } = failure;
  const left = Math.max(0, sent.attempts - 1);
  // A server cannot report a spent budget; only a router can.
  if (hop.peer === undefined) return { attempts: attempts + left, crossed };
  const returned = Math.min(left, Math.max(0, spent?.attemptsLeft ?? left));
  return { attempts: attempts + returned, crossed: joined(crossed, crossedOn(hop, failure)) };
}

/**
 * Returns the routers that a failed attempt crossed. A router was crossed if it reported the failure or may have
 * received the call. A router that could not be reached was not crossed.
 */
function crossedOn(hop: Hop, { spent, reached }: Failure): readonly Crossed[] {
  const there = spent !== undefined || reached !== 'no' ? peerOn(hop) : undefined;
  return [...(there === undefined ? [] : [there]), ...(spent?.crossed ?? [])];
}

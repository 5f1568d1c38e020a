import { describe, expect, it } from 'vitest';
import { simulate } from '../../../../../src/core/simulator/simulate.ts';
import { checkRun } from './check-run.ts';
import { randomNetwork } from './random-network.ts';

// The two thousand runs are those of tests/network; these are others, so that no seed is drawn twice.
const SEEDS = Array.from({ length: 40 }, (_, i) => 100_001 + i);

describe('random networks with faults, restarts and policy changes', { timeout: 60_000 }, () => {
  it('all agree with the independent fixpoint when only the path decides', () => {
    for (const seed of SEEDS) checkRun(seed, 'none');
  });

  it('all agree with the independent fixpoint under customer, peer and provider policies', () => {
    for (const seed of SEEDS) checkRun(seed, 'relationship');
  });

  it('settle where every router has its best, or name the routers of a wheel, under arbitrary preferences', () => {
    for (const seed of SEEDS) checkRun(seed, 'arbitrary');
  });

  it('give the same report to the byte for the same seed', () => {
    const [first, again] = [1, 2].map(() => JSON.stringify(simulate(randomNetwork(SEEDS[0]!, 'none').simulation)));
    const other = JSON.stringify(simulate(randomNetwork(SEEDS[1]!, 'none').simulation));
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});

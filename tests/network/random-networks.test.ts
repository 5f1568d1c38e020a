import { describe, it } from 'vitest';
import { checkRun } from '../unit/core/bgp/network/check-run.ts';

const PART = 100;

describe.each([
  { preferences: 'none', first: 1, last: 1000 },
  { preferences: 'relationship', first: 1001, last: 1700 },
  { preferences: 'arbitrary', first: 1701, last: 2000 },
] as const)('random networks $first to $last, preferences: $preferences', ({ preferences, first, last }) => {
  for (let from = first; from <= last; from += PART) {
    it(`seeds ${from} to ${from + PART - 1} hold all that must be true of every network`, { timeout: 120_000 }, () => {
      for (let seed = from; seed < from + PART; seed++) checkRun(seed, preferences);
    });
  }
});

import { describe, it } from 'vitest';
import { checkRun } from '../unit/bgp/network/check-run.ts';

const [FIRST, LAST] = [1, 1000];
const PART = 100;

describe('1,000 random networks, preferences: none', () => {
  for (let from = FIRST; from <= LAST; from += PART) {
    it(`seeds ${from} to ${from + PART - 1} hold all that must be true of every network`, { timeout: 120_000 }, () => {
      for (let seed = from; seed < from + PART; seed++) checkRun(seed, 'none');
    });
  }
});

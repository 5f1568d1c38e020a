import { describe, expect, it } from 'vitest';
import { compareWithClassical } from '../unit/core/bgp/network/compare-with-classical.ts';

const [FIRST, LAST] = [1, 100];
const PART = 25;

describe('100 networks with anycast, flaps and restarts', () => {
  for (let from = FIRST; from <= LAST; from += PART) {
    it(
      `seeds ${from} to ${from + PART - 1} lose no live route and cost less than classical routers`,
      { timeout: 120_000 },
      () => {
        const { proven, classical } = compareWithClassical(Array.from({ length: PART }, (_, i) => from + i));
        expect(proven.announcements + proven.withdrawals).toBeLessThan(
          (classical.announcements + classical.withdrawals) / 2,
        );
      },
    );
  }
});

import { describe, expect, it } from 'vitest';
import { compareWithClassical } from './compare-with-classical.ts';

describe('random networks with anycast, flaps and restarts', { timeout: 60_000 }, () => {
  it('keep every live route with proofs of end, and say less than half of what classical routers say', () => {
    const { proven, classical } = compareWithClassical(Array.from({ length: 6 }, (_, i) => 1001 + i));
    expect(proven.announcements + proven.withdrawals).toBeLessThan(
      (classical.announcements + classical.withdrawals) / 2,
    );
    expect(proven.bogus).toBeLessThan(classical.bogus / 10);
  });
});

import { describe, expect, it } from 'vitest';
import { compareWithClassical } from './compare-with-classical.ts';

describe('random networks with anycast, flaps and restarts', () => {
  it('keep every live route with proofs of end, and say less than classical routers', { timeout: 60_000 }, () => {
    const { proven, classical } = compareWithClassical(Array.from({ length: 20 }, (_, i) => 200_001 + i));
    expect(proven.announcements + proven.withdrawals).toBeLessThan(classical.announcements + classical.withdrawals);
    expect(proven.bogus).toBeLessThan(classical.bogus);
  });
});

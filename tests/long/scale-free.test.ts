import { describe, expect, it } from 'vitest';
import { generate } from '../../src/core/simulator/generate.ts';
import { simulate } from '../../src/core/simulator/simulate.ts';

const LINKS = 5000;

describe('1,000 routers with 5,000 links and 20 origins', () => {
  it(
    'converge without a loop, and a withdrawal costs at most two messages per link, none bogus',
    { timeout: 600_000 },
    () => {
      const topology = generate({ shape: 'scale-free', routers: 1000, links: LINKS, seed: 1, origins: 20 });
      const script = [{ at: 60_000, do: 'withdraw' as const, router: 'r1', agents: ['agent1'] }];
      const report = simulate({ topology, script, seed: 1, reorder: 1 });
      const [, withdrawing] = report.phases;
      expect(report.outcome).toBe('converged');
      expect(report.violations).toEqual([]);
      expect(report.entries.locRib).toBe(19 * 1000);
      expect(withdrawing!.messages).toMatchObject({ announcements: 0, bogus: 0 });
      expect(withdrawing!.messages.withdrawals).toBeLessThanOrEqual(2 * LINKS);
      expect(withdrawing!.bestChanges).toBe(1000);
    },
  );
});

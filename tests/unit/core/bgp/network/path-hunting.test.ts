import { describe, expect, it } from 'vitest';
import { generate } from '../../../../../src/core/simulator/generate.ts';
import type { Report } from '../../../../../src/core/simulator/report.ts';
import { simulate } from '../../../../../src/core/simulator/simulate.ts';
import { withoutProofs } from './without-proofs.ts';

const SETTLED_MS = 60_000;
const SIZES = [4, 5, 6, 7, 8, 9, 10, 11, 12];

function withdrawInMesh(routers: number, proofs: boolean): Report {
  const mesh = generate({ shape: 'mesh', routers, origins: 1 });
  const script = [{ at: SETTLED_MS, do: 'withdraw' as const, router: 'r1', agents: ['agent1'] }];
  const topology = proofs ? mesh : withoutProofs(mesh);
  return simulate({ topology, script, seed: routers, reorder: 1 });
}

describe('a full mesh whose origin withdraws', { timeout: 60_000 }, () => {
  it.each(SIZES)('of %i routers that prove the end: no ghost and not one bogus announcement', (routers) => {
    const report = withdrawInMesh(routers, true);
    const [settling, withdrawing] = report.phases;
    expect(report.outcome).toBe('converged');
    expect(Object.values(report.tables).flat()).toEqual([]);
    expect(settling!.messages.announcements).toBeGreaterThanOrEqual(routers - 1);
    expect(withdrawing!.messages).toMatchObject({ announcements: 0, bogus: 0 });
    expect(withdrawing!.messages.withdrawals).toBeLessThanOrEqual(routers * (routers - 1));
  });

  it.each(SIZES)('of %i classical routers: no ghost, but path hunting before the end', (routers) => {
    const classical = withdrawInMesh(routers, false);
    const proven = withdrawInMesh(routers, true);
    const [, hunting] = classical.phases;
    expect(classical.outcome).toBe('converged');
    expect(Object.values(classical.tables).flat()).toEqual([]);
    expect(hunting!.messages.bogus).toBeGreaterThanOrEqual(routers - 2);
    expect(hunting!.convergedAfterMs).toBeGreaterThan(proven.phases[1]!.convergedAfterMs);
  });
});

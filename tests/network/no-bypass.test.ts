import { expect, it } from 'vitest';
import { checkCases } from './no-bypass/check-cases.ts';

/** So many cases, each a network and a dozen calls; more are tried by hand with `npm run long -- no-bypass`. */
const CASES = Number(process.env['NO_BYPASS_CASES'] ?? 20_000);

/** The share of all calls that must come to an agent in each way, so that denying everything does not pass. */
const FLOORS = {
  reached: 0.3,
  throughPeer: 0.08,
  inTransit: 0.1,
  byCapability: 0.15,
  qualified: 0.04,
  bySecondChoice: 0.04,
  direct: 0.002,
} as const;

it(`no call gets round policy in ${CASES} random networks, and what nothing denies can be called`, async () => {
  const { calls, ...totals } = await checkCases(CASES, 1);
  for (const [way, floor] of Object.entries(FLOORS) as [keyof typeof FLOORS, number][]) {
    expect(totals[way] / calls, way).toBeGreaterThan(floor);
  }
});

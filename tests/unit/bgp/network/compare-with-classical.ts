import { expect } from 'vitest';
import { simulate } from '../../../../src/simulator/simulate.ts';
import { totalOf, type Messages } from '../../../../src/simulator/tally.ts';
import type { Topology } from '../../../../src/simulator/topology.ts';
import { fixpoint, flatten, flattenReport } from './oracle.ts';
import { randomNetwork } from './random-network.ts';
import { withoutProofs, withProofs } from './without-proofs.ts';

/** Runs the same networks with routers that all prove ends and with classical ones; in both no live route may be lost. */
export function compareWithClassical(seeds: readonly number[]): { proven: Messages; classical: Messages } {
  const run = (seed: number, change: (topology: Topology) => Topology): { messages: Messages } => {
    const network = randomNetwork(seed, 'none');
    const report = simulate({ ...network.simulation, topology: change(network.simulation.topology) });
    expect(report.violations, `seed ${seed}`).toEqual([]);
    expect(flattenReport(report), `seed ${seed}`).toEqual(flatten(fixpoint(network, report)));
    return report;
  };
  return {
    proven: totalOf(seeds.map((seed) => run(seed, withProofs))),
    classical: totalOf(seeds.map((seed) => run(seed, withoutProofs))),
  };
}

import { expect } from 'vitest';
import { simulate } from '../../../../../src/core/simulator/simulate.ts';
import { totalOf, type Messages } from '../../../../../src/core/simulator/tally.ts';
import { flappingNetwork } from './flapping-network.ts';
import { fixpoint, flatten, flattenReport } from './oracle.ts';
import { withoutProofs } from './without-proofs.ts';

/** Runs the same networks with routers that all prove ends and with classical ones; in both no live route may be lost. */
export function compareWithClassical(seeds: readonly number[]): { proven: Messages; classical: Messages } {
  const run = (seed: number, proofs: boolean): { messages: Messages } => {
    const network = flappingNetwork(seed);
    const { topology } = network.simulation;
    const report = simulate({ ...network.simulation, topology: proofs ? topology : withoutProofs(topology) });
    const which = `seed ${seed}, ${proofs ? 'with' : 'without'} proofs`;
    expect(report.outcome, which).toBe('converged');
    expect(report.violations, which).toEqual([]);
    expect(flattenReport(report), which).toEqual(flatten(fixpoint(network, report)));
    return report;
  };
  return {
    proven: totalOf(seeds.map((seed) => run(seed, true))),
    classical: totalOf(seeds.map((seed) => run(seed, false))),
  };
}

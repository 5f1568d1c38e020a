import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { formatProblem } from '../../base/config/problem.ts';
import { readScript } from '../../core/simulator/read-script.ts';
import { readTopology } from '../../core/simulator/read-topology.ts';
import type { Reading } from '../../core/simulator/read-yaml.ts';
import { simulateInParts, type Simulation } from '../../core/simulator/simulate.ts';
import type { CliIo } from './cli-io.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { ProgressBar } from './progress-bar.ts';
import { simulationReport } from './simulation-report.ts';

/** Options of a simulation. */
export interface SimulateOptions extends Omit<Simulation, 'topology' | 'script' | 'record' | 'relay'> {
  /** Path of a script. */
  readonly script?: string;
  readonly json?: boolean;
  /** Name of the router whose events are printed instead of a report. */
  readonly record?: string;
}

/**
 * Simulates a network of routers in virtual time and prints a report. Fails if it did not converge or violated an
 * invariant.
 */
export async function simulate(path: string, options: SimulateOptions, io: CliIo): Promise<ExitCode> {
  const { script: scriptPath, json = false, record, ...conditions } = options;
  const topology = read(path, readTopology, io);
  if (topology === undefined) return EXIT.config;
  const script = scriptPath === undefined ? [] : read(scriptPath, (text) => readScript(text, topology), io);
  if (script === undefined) return EXIT.config;
  if (record !== undefined && !topology.routers.some(({ name }) => name === record)) {
    io.err(`${path}: there is no router named ${record}\n`);
    return EXIT.usage;
  }
  return runAndReport({ ...conditions, topology, script }, record, json, io);
}

async function runAndReport(simulation: Simulation, record: string | undefined, json: boolean, io: CliIo) {
  const progress = new ProgressBar(io.overwrite, () => performance.now());
  const run = simulateInParts({ ...simulation, record: record === undefined ? [] : [record] });
  let part = run.next();
  while (part.done !== true) {
    progress.show(part.value);
    await turn();
    part = run.next();
  }
  progress.clear();
  const report = part.value;
  if (record !== undefined) for (const line of report.recordings[record]?.events ?? []) io.out(`${line}\n`);
  else io.out(json ? `${JSON.stringify(report, null, 2)}\n` : simulationReport(report));
  return report.outcome === 'converged' && report.violations.length === 0 ? EXIT.ok : EXIT.failure;
}

function read<T>(path: string, parse: (text: string) => Reading<T>, io: CliIo): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    io.err(`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
  const reading = parse(text);
  if ('value' in reading) return reading.value;
  for (const problem of reading.problems) io.err(`${formatProblem({ source: path, ...problem })}\n`);
  return undefined;
}

import { InvalidArgumentError, type Command } from 'commander';
import type { CliIo } from './cli-io.ts';
import type { ExitCode } from './exit-code.ts';
import type { SimulateOptions } from './run-simulation.ts';

/** Adds the command that runs a network in virtual time. */
export function addSimulateCommand(program: Command, exit: (code: ExitCode) => void, io: CliIo): void {
  program
    .command('simulate')
    .allowExcessArguments(false)
    .description('run a network of routers in virtual time and report what becomes of it')
    .argument('<topology>', 'routers and links, or the shape of a network (YAML or JSON)')
    .option('--script <file>', 'what happens to the network, and when (YAML or JSON)')
    .option('--seed <n>', 'draws everything that is left to chance; the same seed gives the same run', wholeNumber)
    .option('--latency <ms..ms>', 'the range for links that name no latency (default: 5..50)', latencyRange)
    .option('--loss <share>', 'how many segments are lost and sent again, from 0 to 0.9', numberUpTo(0.9))
    .option('--reorder <share>', 'how much later than its latency a message may come, from 0 to 100', numberUpTo(100))
    .option('--partitions <n>', 'how many random partitions strike and heal', wholeNumber)
    .option('--crashes <n>', 'how many routers crash at random and come back', wholeNumber)
    .option('--json', 'print the whole report as JSON')
    .option('--record <router>', 'print the events of one router as JSON lines instead of the report')
    .action(async (topology: string, given: Given) => {
      const { simulate } = await import('./run-simulation.ts');
      const { latency, ...options } = given;
      exit(await simulate(topology, { ...options, ...(latency === undefined ? {} : { latencyMs: latency }) }, io));
    });
}

type Given = Omit<SimulateOptions, 'latencyMs' | 'boundMs'> & { readonly latency?: readonly [number, number] };

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

function numberUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d*\.?\d+$/.test(text) || value > most) throw new InvalidArgumentError(`It must be from 0 to ${most}.`);
    return value;
  };
}

function latencyRange(text: string): readonly [number, number] {
  const [, least, most] = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const range = [Number(least), Number(most)] as const;
  if (!(range[0] > 0 && range[1] >= range[0])) throw new InvalidArgumentError('It must be a range such as 5..50.');
  return range;
}

import { InvalidArgumentError, type Command } from 'commander';
import type { CliIo } from './cli-io.ts';
import type { ExitCode } from './exit-code.ts';
import type { SimulateOptions } from './run-simulation.ts';

/** Adds the command that simulates a network. */
export function addSimulateCommand(program: Command, exit: (code: ExitCode) => void, io: CliIo): void {
  program
    .command('simulate')
    .allowExcessArguments(false)
    .description('simulate a network of routers in virtual time and report the result')
    .argument('<topology>', 'routers and links, or a generated network shape (YAML or JSON)')
    .option('--script <file>', 'events of the network, with their times (YAML or JSON)')
    .option('--seed <n>', 'seed of all random choices; the same seed gives the same run', wholeNumber)
    .option('--latency <ms..ms>', 'latency range of links without a latency (default: 5..50)', latencyRange)
    .option('--loss <share>', 'share of segments that are lost and retransmitted, 0 to 0.9', numberUpTo(0.9))
    .option(
      '--reorder <share>',
      'maximum extra delay of a message in multiples of the latency, 0 to 100',
      numberUpTo(100),
    )
    .option('--partitions <n>', 'number of random partitions, each of which heals', wholeNumber)
    .option('--crashes <n>', 'number of random router crashes, each with a restart', wholeNumber)
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

// npm run long [-- run [arguments …]]: the runs that take longer than a minute, started by hand; lists them without a name.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { memoryCalls } from '../bench/memory-calls.ts';
import { soak } from '../bench/soak.ts';
import { survival } from '../bench/survival.ts';

interface LongRun {
  readonly args: string;
  readonly takes: string;
  readonly about: string;
  /** Resolves to true if the run found no fault. */
  readonly start: (args: readonly string[]) => Promise<boolean>;
}

const STRYKER = 'node_modules/@stryker-mutator/core/bin/stryker.js';
const VITEST = 'node_modules/vitest/vitest.mjs';

const RUNS: Readonly<Record<string, LongRun>> = {
  large: {
    args: '[origins=20] [agents per origin=1] [first=0]',
    takes: '1 minute per 20 origins',
    about: '1,000 simulated routers with 5,000 links converge, and withdraw one route',
    start: (args) => node(['--expose-gc', 'tests/network/large.ts', ...args]),
  },
  hostile: {
    args: '[messages=1000000]',
    takes: '1 minute per million',
    about: 'hostile messages change no table, throw no error and leave no memory behind',
    start: ([messages = '1000000']) =>
      node([VITEST, 'run', '--project=unit', 'bad-input', '-t', 'hostile'], { FUZZ_MESSAGES: messages }),
  },
  'no-bypass': {
    args: '[cases=1000000] [first seed=1]',
    takes: '40 minutes per million',
    about: 'no name leads round a policy in random networks',
    start: (args) => node(['tests/network/no-bypass/run.ts', ...args]),
  },
  ordeals: {
    args: '[file …]',
    takes: '7 minutes',
    about:
      'networks of real routers whose links are cut, servers that are killed and hang, and 1,000 simulated routers',
    start: (args) => node([VITEST, 'run', '--project=long', ...args]),
  },
  replay: {
    args: 'none|relationship|arbitrary <seed>',
    takes: 'seconds',
    about: 'prints the report of one random network of tests/network',
    start: (args) => node(['tests/network/replay.ts', ...args]),
  },
  soak: {
    args: '[minutes=30] [seed]',
    takes: 'the given minutes',
    about: 'five routers with real servers under random changes, flaps, cuts, kills and calls',
    start: ([minutes = '30', seed]) => soak(Number(minutes), seedOf(seed)),
  },
  survival: {
    args: '[minutes=5] [seed]',
    takes: 'the given minutes',
    about: '50 calls a second over three servers that are killed, hung, slowed and failing',
    start: ([minutes = '5', seed]) => survival(Number(minutes), seedOf(seed)),
  },
  'memory-calls': {
    args: '[thousands=100]',
    takes: 'minutes',
    about: 'memory over calls of which a quarter fails and a quarter is cancelled',
    start: ([thousands = '100']) => memoryCalls(Number(thousands)),
  },
  mutation: {
    args: '[Stryker options]',
    takes: 'hours',
    about: 'mutants of the decision process, the policy and the state machine',
    start: (args) => node([STRYKER, 'run', 'tests/tools/stryker.config.json', ...args]),
  },
};

async function node(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<boolean> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0;
}

function seedOf(given: string | undefined): number {
  return given === undefined ? Date.now() % 100_000 : Number(given);
}

const [name, ...args] = process.argv.slice(2);
const run = RUNS[name ?? ''];
if (run !== undefined) {
  process.exitCode = (await run.start(args)) ? 0 : 1;
} else {
  console.log('npm run long -- <run> [arguments …]\n');
  for (const [title, { args: usage, takes, about }] of Object.entries(RUNS)) {
    console.log(`${title} ${usage}\n  ${about} (${takes})`);
  }
  if (name !== undefined) {
    console.error(`\nThere is no run "${name}".`);
    process.exitCode = 64;
  }
}

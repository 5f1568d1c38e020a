import { runCli, type CliOutcome } from '../../../../src/interfaces/cli/program.ts';

interface Printed {
  readonly outcome: CliOutcome;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line without any variable and collects what it prints. */
export function run(...argv: readonly string[]): Promise<Printed> {
  return runWith({}, ...argv);
}

/** Runs the command line under these variables and collects what it prints. */
export async function runWith(env: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Printed> {
  let [out, err] = ['', ''];
  const outcome = await runCli(argv, {
    version: '1.2.3',
    env,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    overwrite: () => undefined,
    askRunning: () => Promise.resolve(undefined),
  });
  return { outcome, out, err };
}

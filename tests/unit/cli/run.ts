import { runCli, type CliOutcome } from '../../../src/cli/program.ts';

/** Runs the command line and collects what it prints. */
export async function run(
  ...argv: readonly string[]
): Promise<{ readonly outcome: CliOutcome; readonly out: string; readonly err: string }> {
  let [out, err] = ['', ''];
  const outcome = await runCli(argv, {
    version: '1.2.3',
    env: {},
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    askRunning: () => Promise.resolve(undefined),
  });
  return { outcome, out, err };
}

import { readFileSync } from 'node:fs';
import { checkFile } from '../../base/config/check-file.ts';
import { formatProblem } from '../../base/config/problem.ts';
import type { CliIo } from './cli-io.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** Checks config files and policy files. Prints one line per valid file, problem and warning. */
export async function validate(files: readonly string[], io: CliIo): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  for (const file of files) {
    const { kind, problems, warnings } = await checkFile(file, io.env, (path) => readFileSync(path, 'utf8'));
    if (problems.length === 0) io.out(`${file}: valid ${String(kind)}\n`);
    else code = EXIT.config;
    for (const problem of problems) io.err(`${formatProblem(problem)}\n`);
    for (const warning of warnings) io.err(`${file}: warning: ${warning}\n`);
  }
  return code;
}

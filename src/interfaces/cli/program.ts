import { Command, CommanderError, Option } from 'commander';
import type { AskOptions, Question } from './ask-router.ts';
import type { CliIo } from './cli-io.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { HELP } from './help.ts';
import { printingSafely } from './printable.ts';
import type * as Questions from './questions.ts';
import { addSimulateCommand } from './simulate-command.ts';

/** Outcome of the arguments: the process exits, or it serves MCP. */
export type CliOutcome =
  | { readonly type: 'exit'; readonly code: ExitCode }
  | { readonly type: 'serve'; readonly transport: 'stdio' | 'http' | undefined };

/** Runs the command in the arguments, without those of the process itself. Imports each command on use. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<CliOutcome> {
  let outcome: CliOutcome = { type: 'serve', transport: undefined };
  const program = createProgram(printingSafely(io), (decided) => {
    outcome = decided;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return outcome;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { type: 'exit', code: error.exitCode === 0 ? EXIT.ok : EXIT.usage };
  }
}

function createProgram(io: CliIo, decide: (outcome: CliOutcome) => void): Command {
  const exit = (code: ExitCode): void => {
    decide({ type: 'exit', code });
  };
  const program = new Command('mcp-agent-proxy')
    .description('An MCP server with two tools that find and call the agents of your servers.')
    .version(io.version)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('(run mcp-agent-proxy --help for help)')
    .addHelpText('after', HELP)
    .allowExcessArguments(true)
    .addOption(new Option('--stdio', 'serve MCP on standard input and output (default)').conflicts('http'))
    .addOption(new Option('--http', 'serve MCP over HTTP (not supported by this version)'))
    .action(({ stdio, http }: { stdio?: true; http?: true }, { args }: Command) => {
      if (args[0] !== undefined) program.error(`error: unknown command '${args[0]}'`);
      decide({ type: 'serve', transport: stdio === true ? 'stdio' : http === true ? 'http' : undefined });
    });
  program
    .command('validate')
    .allowExcessArguments(false)
    .description('check config files and routing policies, and show each problem with its position')
    .argument('<file...>', 'config files (YAML or JSON) and policies (JSON), distinguished by their keys')
    .action(async (files: string[]) => {
      const { validate } = await import('./validate.ts');
      exit(await validate(files, io));
    });
  program
    .command('init')
    .allowExcessArguments(false)
    .description('print an initial config file and the mcpServers block for Claude Code and Cursor')
    .argument('[file]', 'write the config file to this path instead of printing it')
    .option('--force', 'overwrite the file')
    .action(async (file: string | undefined, { force = false }: { force?: boolean }) => {
      const { init } = await import('./init.ts');
      exit(init(file, force, io));
    });
  addSimulateCommand(program, exit, io);
  addQuestions(program, io, exit);
  return program;
}

/** Adds the commands that query a running router. */
function addQuestions(program: Command, io: CliIo, exit: (code: ExitCode) => void): void {
  const add = (
    name: string,
    description: string,
    question: (all: typeof Questions, agent: string) => Question,
  ): void => {
    program
      .command(name)
      .allowExcessArguments(false)
      .description(description)
      .option('--json', 'print JSON')
      .option('--url <url>', 'base URL of the router (default: the one configured here)')
      .option('--key-file <path>', 'file with its operators.key (default: the key configured here)')
      .action(async (...given: unknown[]) => {
        const { askRouter } = await import('./ask-router.ts');
        const questions = await import('./questions.ts');
        const [agent, options] = name.includes(' ') ? [given[0], given[1]] : ['', given[0]];
        exit(await askRouter(question(questions, agent as string), options as AskOptions, io));
      });
  };
  add('routes', 'show the best routes of a running router to agents and capabilities', (all) => all.routesQuestion);
  add('peers', 'show the sessions of a running router', (all) => all.peersQuestion);
  add('status', 'show a summary of a running router, with warnings', (all) => all.statusQuestion);
  add('explain <agent>', 'show every route to an agent, and why it was or was not chosen', (all, agent) =>
    all.explainQuestion(agent),
  );
  add('trace <agent>', 'show each router on the path to an agent, with its delay', (all, agent) =>
    all.traceQuestion(agent),
  );
}

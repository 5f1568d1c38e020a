import { Command, CommanderError, Option } from 'commander';
import type { AskOptions, Question } from './ask-router.ts';
import type { CliIo } from './cli-io.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { HELP } from './help.ts';
import { printingSafely } from './printable.ts';
import type * as Questions from './questions.ts';
import { addSimulateCommand } from './simulate-command.ts';

/** What the arguments ask for: to be done now, or to serve. */
export type CliOutcome =
  | { readonly type: 'exit'; readonly code: ExitCode }
  | { readonly type: 'serve'; readonly transport: 'stdio' | 'http' | undefined };

/** Does what the arguments say (without the two of the process itself). Each command is loaded when it is called. */
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
    .description('An MCP server whose two tools find and call any agent of your servers.')
    .version(io.version)
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('(mcp-agent-proxy --help shows what there is)')
    .addHelpText('after', HELP)
    .allowExcessArguments(true)
    .addOption(new Option('--stdio', 'serve MCP on standard input and output (default)').conflicts('http'))
    .addOption(new Option('--http', 'serve MCP over HTTP; this version cannot yet, and says so'))
    .action(({ stdio, http }: { stdio?: true; http?: true }, { args }: Command) => {
      if (args[0] !== undefined) program.error(`error: unknown command '${args[0]}'`);
      decide({ type: 'serve', transport: stdio === true ? 'stdio' : http === true ? 'http' : undefined });
    });
  program
    .command('validate')
    .allowExcessArguments(false)
    .description('check config files and routing policies, and tell where what is wrong')
    .argument('<file...>', 'config files (YAML or JSON) and policies (JSON), told apart by their keys')
    .action(async (files: string[]) => {
      const { validate } = await import('./validate.ts');
      exit(await validate(files, io));
    });
  program
    .command('init')
    .allowExcessArguments(false)
    .description('print a config file to start with and the mcpServers block for Claude Code and Cursor')
    .argument('[file]', 'write the config file there instead of printing it')
    .option('--force', 'overwrite the file')
    .action(async (file: string | undefined, { force = false }: { force?: boolean }) => {
      const { init } = await import('./init.ts');
      exit(init(file, force, io));
    });
  addSimulateCommand(program, exit, io);
  addQuestions(program, io, exit);
  return program;
}

/** The commands that look at a running router. */
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
      .option('--url <url>', 'the base URL of the router, if it is not the one configured here')
      .option('--key-file <path>', 'a file that holds its operators.key, if that is not configured here')
      .action(async (...given: unknown[]) => {
        const { askRouter } = await import('./ask-router.ts');
        const questions = await import('./questions.ts');
        const [agent, options] = name.includes(' ') ? [given[0], given[1]] : ['', given[0]];
        exit(await askRouter(question(questions, agent as string), options as AskOptions, io));
      });
  };
  add('routes', 'show the agents and capabilities that a running router calls, and where', (all) => all.routesQuestion);
  add('peers', 'show the sessions of a running router', (all) => all.peersQuestion);
  add('status', 'show a running router at a glance, and what its operator should know', (all) => all.statusQuestion);
  add('explain <agent>', 'show every route to an agent, and why it was chosen or not', (all, agent) =>
    all.explainQuestion(agent),
  );
  add('trace <agent>', 'show each router on the way to an agent, and its delay', (all, agent) =>
    all.traceQuestion(agent),
  );
}

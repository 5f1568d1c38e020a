#!/usr/bin/env node
// This file must run on any Node version, so that it can reject an old one. All other modules are imported dynamically
// below.
import pkg from '../package.json' with { type: 'json' };
import { claimStdout } from './base/telemetry/claim-stdout.ts';

const required = pkg.engines.node.replace('>=', '');

if (isOlder(process.versions.node, required)) {
  process.stderr.write(
    `mcp-agent-proxy needs Node.js ${required} or newer; this is ${process.versions.node}.\n` +
      'Install a current Node.js (https://nodejs.org) or point the "command" of your MCP client at one.\n',
  );
  process.exitCode = 1;
} else {
  run(process.argv.slice(2)).catch(async (error: unknown) => {
    const { printable } = await import('./interfaces/cli/printable.ts');
    process.stderr.write(`${printable(textOf(error))}\n`);
    process.exit(1);
  });
}

async function run(args: readonly string[]): Promise<void> {
  if (args.length === 0) return serve(process.env);
  // A reader that closes the pipe early, such as `| head`, is not an error.
  process.stdout.on('error', () => process.exit(0));
  const { runCli } = await import('./interfaces/cli/program.ts');
  const outcome = await runCli(args, {
    version: pkg.version,
    env: process.env,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    overwrite: (text) => process.stderr.write(text),
    askRunning: async (...question) => (await import('./runtime/serve-stdio.ts')).askRunning(...question),
  });
  if (outcome.type === 'serve') {
    const { transport = process.env['MCP_TRANSPORT'] } = outcome;
    return serve({ ...process.env, MCP_TRANSPORT: transport });
  }
  // Not process.exit, which would drop output that a pipe has not taken yet.
  process.exitCode = outcome.code;
}

async function serve(env: NodeJS.ProcessEnv): Promise<void> {
  const output = claimStdout();
  const { serveStdio } = await import('./runtime/serve-stdio.ts');
  await serveStdio(output, env);
  process.exit(0);
}

/** Returns the text of an error. A system error, such as a full disk, is shown without its stack. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'syscall' in error ? error.message : (error.stack ?? error.message);
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = than.split('.').map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CliIo } from './cli-io.ts';
import { EXIT, type ExitCode } from './exit-code.ts';

/** Writes or prints a commented config file, and prints the client configuration for Claude Code and Cursor. */
export function init(file: string | undefined, force: boolean, io: CliIo): ExitCode {
  if (file === undefined) {
    io.out(`${STARTER}\n${clientBlock('/path/to/agent-proxy.yaml')}`);
    return EXIT.ok;
  }
  if (existsSync(file) && !force) {
    io.err(`${file} already exists; choose another file, or pass --force to overwrite it.\n`);
    return EXIT.failure;
  }
  try {
    writeFileSync(file, STARTER, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    io.err(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.failure;
  }
  io.out(`Wrote ${file}.\n\n${clientBlock(path.resolve(file))}`);
  return EXIT.ok;
}

const STARTER = `# Configuration of mcp-agent-proxy. Check it with: mcp-agent-proxy validate <this file>
# In text values, \${VAR} stands for an environment variable and \${VAR:-default} for one with a default.

# Servers whose agents can be called. If two have the same agent, localPref decides, then the order here.
servers:
  - name: local
    url: http://localhost:4111
    description: Agents on this machine
  # - name: cloud
  #   url: https://agents.example.com
  #   headers:
  #     Authorization: Bearer \${AGENTS_TOKEN}
  #   region: eu
  #   capabilities: [coding/typescript]
  #   communities: [no-export]
  #   localPref: 50

# Policy that accepts, rejects or changes routes: a path relative to this file, or the policy itself.
# policy: policy.json

# Interval at which the servers are polled for their agents.
discovery:
  intervalMs: 300000

# Timeout of a call whose caller sets none.
calls:
  timeoutMs: 600000

logLevel: info
`;

function clientBlock(configPath: string): string {
  const block = {
    mcpServers: {
      'agent-proxy': {
        command: 'npx',
        args: ['-y', '@mashh/mcp-agent-proxy'],
        env: { AGENT_PROXY_CONFIG: configPath },
      },
    },
  };
  return `# For Claude Code (.mcp.json in the project) and Cursor (.cursor/mcp.json, or ~/.cursor/mcp.json):
${JSON.stringify(block, null, 2)}
`;
}

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

/** The file that `bin` names. */
export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export type Env = Readonly<Record<string, string>>;

/** A tool's error, as the model reads it. */
export interface ToolFailure {
  readonly code: string;
  readonly message: string;
  readonly [detail: string]: unknown;
}

/** The built program as a child process behind the SDK's client. */
export interface Program {
  readonly client: Client;
  readonly pid: number;
  readonly stderr: () => string;
  /** The structured content of a call that succeeds. */
  readonly call: <T = Record<string, unknown>>(tool: string, args: object, options?: RequestOptions) => Promise<T>;
  /** The error of a call that fails. */
  readonly failure: (tool: string, args: object, options?: RequestOptions) => Promise<ToolFailure>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the program and completes `initialize`; `LOG_LEVEL` is `silent` unless given. `within` is what its command line
 * begins with.
 */
export async function startProgram(env: Env = {}, within: readonly string[] = []): Promise<Program> {
  const [command, ...args] = [...within, process.execPath, MAIN];
  const transport = new StdioClientTransport({
    command,
    args,
    env: { ...childEnv(), ...env },
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const client = new Client({ name: 'tests', version: '1.0.0' });
  await client.connect(transport);
  const result = async (tool: string, args: object, options?: RequestOptions) =>
    client.callTool({ name: tool, arguments: { ...args } }, undefined, options);
  return {
    client,
    pid: transport.pid ?? 0,
    stderr: () => stderr,
    call: async <T>(tool: string, args: object, options?: RequestOptions) => {
      const { isError, content, structuredContent } = await result(tool, args, options);
      if (isError === true) throw new Error(`${tool} failed: ${JSON.stringify(content)}`);
      return structuredContent as T;
    },
    failure: async (tool, args, options) => {
      const { isError, content, structuredContent } = await result(tool, args, options);
      const [item] = content as { type: string; text: string }[];
      if (isError !== true || item?.type !== 'text' || structuredContent !== undefined) {
        throw new Error(`${tool} did not fail as it should: ${JSON.stringify(content)}`);
      }
      return JSON.parse(item.text) as ToolFailure;
    },
    stop: () => client.close(),
  };
}

/** The built program without a client: for what a well-behaved client does not do. */
export function spawnProgram(env: Env = {}, args: readonly string[] = []): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [MAIN, ...args], { env: { ...childEnv(), ...env } });
}

/** Writes JSON-RPC messages to the program, one per line. */
export function send(child: ChildProcessWithoutNullStreams, ...messages: readonly object[]): void {
  child.stdin.write(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
}

/** What a client says first. */
export const INITIALIZE = {
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'tests', version: '1.0.0' } },
};

/** A `tools/call` request. */
export function toolCall(id: number, name: string, args: object): object {
  return { id, method: 'tools/call', params: { name, arguments: args } };
}

/** Every line that the program writes, parsed; ends when its output does. */
export async function* messages(child: ChildProcessWithoutNullStreams): AsyncGenerator<Record<string, unknown>> {
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Record<string, unknown>;
}

/** Milliseconds until the program is gone. */
export async function msUntilExit(child: ChildProcessWithoutNullStreams): Promise<number> {
  const started = performance.now();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return performance.now() - started;
}

/** Polls until the condition holds. */
export async function until(condition: () => boolean | Promise<boolean>, timeout = 20_000): Promise<void> {
  await vi.waitUntil(condition, { timeout, interval: 5 });
}

/** A home of the tests' own: what a router keeps there for its user is no business of who runs the tests. */
const home = mkdtempSync(path.join(tmpdir(), 'home-'));
process.once('exit', () => {
  rmSync(home, { recursive: true, force: true });
});

function childEnv(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home, LOG_LEVEL: 'silent' };
}

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCanned, type CannedServer } from '../servers/canned-server.ts';
import { startBridge, type Bridge } from '../tools/stdio-bridge.ts';
import { MAIN } from './program.ts';

const run = promisify(execFile);

let server: CannedServer;

beforeAll(async () => {
  server = await startCanned();
});

afterAll(() => server.stop());

function bin(name: string): string {
  return fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));
}

describe("the MCP Inspector's command line", () => {
  async function inspect(...args: string[]): Promise<Record<string, unknown>> {
    const env = ['-e', `MASTRA_SERVERS=${server.url}`, '-e', 'LOG_LEVEL=silent'];
    const inspector = [bin('mcp-inspector'), '--cli', ...env, process.execPath, MAIN, ...args];
    const { stdout } = await run(process.execPath, inspector);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  it('lists both tools', async () => {
    expect(await inspect('--method', 'tools/list')).toMatchObject({
      tools: [{ name: 'list-agents' }, { name: 'agent-proxy' }],
    });
  });

  it('calls both tools', async () => {
    const listed = await inspect('--method', 'tools/call', '--tool-name', 'list-agents');
    expect(listed).toMatchObject({ structuredContent: { summary: { totalAgents: 1 } } });
    const call = ['targetAgentId=canned', 'messages=[{"role":"user","content":"hello"}]'];
    const args = call.flatMap((arg) => ['--tool-arg', arg]);
    const answered = await inspect('--method', 'tools/call', '--tool-name', 'agent-proxy', ...args);
    expect(answered).toMatchObject({ structuredContent: { responseData: { text: 'two words' } } });
  });
});

describe('the conformance suite, over a bridge to stdio', () => {
  let bridge: Bridge;
  let results: string;

  beforeAll(async () => {
    results = mkdtempSync(join(tmpdir(), 'conformance-'));
    bridge = await startBridge([MAIN], { MASTRA_SERVERS: server.url, LOG_LEVEL: 'silent' });
  });

  afterAll(async () => {
    await bridge.stop();
    rmSync(results, { recursive: true });
  });

  it.each(['server-initialize', 'ping', 'tools-list'])('%s passes', async (scenario) => {
    const args = ['server', '--url', bridge.url, '--scenario', scenario, '--output-dir', results];
    const { stdout } = await run(process.execPath, [bin('conformance'), ...args]);
    expect(stdout).toMatch(/Passed: [1-9]\d*\/\d+, 0 failed/);
  });
});

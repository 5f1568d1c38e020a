import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startFaulty, type FaultyServer } from '../servers/faulty-server.ts';
import { INITIALIZE, MAIN, messages, msUntilExit, send, spawnProgram, toolCall, until } from './program.ts';

/** DESIGN: gone within a second. The measured time includes what a busy machine adds to it. */
const LIMIT_MS = 1_000;

let server: FaultyServer;

beforeAll(async () => {
  server = await startFaulty();
});

afterAll(() => server.stop());

/** The program with a call under way that no agent ever answers. */
async function inTheMiddleOfACall() {
  const before = callsSeen();
  const child = spawnProgram({ MASTRA_SERVERS: server.url, LOG_LEVEL: 'warn' });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  send(child, INITIALIZE, { method: 'notifications/initialized' });
  send(child, toolCall(1, 'agent-proxy', { targetAgentId: 'hang', messages: [{ role: 'user', content: 'hello' }] }));
  await until(() => callsSeen() > before);
  return { child, stderr: () => stderr };
}

function callsSeen(): number {
  return server.seen.filter(({ path }) => path.startsWith('/api/agents/hang/')).length;
}

describe('the program ends within a second in the middle of a call', () => {
  it('when stdin closes, ten times of ten', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { child, stderr } = await inTheMiddleOfACall();
      child.stdin.end();
      expect(await msUntilExit(child)).toBeLessThan(LIMIT_MS);
      expect(child.exitCode).toBe(0);
      expect(stderr()).toBe('');
    }
    await until(() => server.seen.filter(({ path }) => path.includes('/hang/')).every((seen) => seen.abandoned));
  });

  it('when stdout breaks', async () => {
    const { child } = await inTheMiddleOfACall();
    child.stdout.destroy();
    send(child, { id: 2, method: 'tools/list' });
    expect(await msUntilExit(child)).toBeLessThan(LIMIT_MS);
    expect(child.exitCode).toBe(0);
  });

  it('when stdout is a file on a full disk', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [MAIN], { stdio: ['pipe', full, 'pipe'], env: { MASTRA_SERVERS: 'none' } });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...INITIALIZE })}\n`);
    expect(await once(child, 'exit')).toEqual([0, null]);
    closeSync(full);
    expect(stderr).not.toContain('ENOSPC');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('on %s', async (signal) => {
    const { child } = await inTheMiddleOfACall();
    child.kill(signal);
    expect(await msUntilExit(child)).toBeLessThan(LIMIT_MS);
    expect(child.exitCode).toBe(0);
  });

  it('on SIGTERM while a stream comes in, and the server sees it go', async () => {
    const child = spawnProgram({ MASTRA_SERVERS: server.url });
    send(child, INITIALIZE, { method: 'notifications/initialized' });
    const stream = {
      name: 'agent-proxy',
      arguments: { targetAgentId: 'slow', interactionType: 'stream', messages: [{ role: 'user', content: 'hello' }] },
      _meta: { progressToken: 'words' },
    };
    send(child, { id: 1, method: 'tools/call', params: stream });
    for await (const { method } of messages(child)) if (method === 'notifications/progress') break;
    child.kill('SIGTERM');
    expect(await msUntilExit(child)).toBeLessThan(LIMIT_MS);
    expect(child.exitCode).toBe(0);
    await until(() => server.seen.filter(({ path }) => path.includes('/slow/')).every((seen) => seen.abandoned));
  });

  it('when a client that no longer reads closes stdin', async () => {
    const { child } = await inTheMiddleOfACall();
    child.stdout.pause();
    for (let id = 2; id < 200; id += 1) send(child, { id, method: 'tools/list' });
    child.stdin.end();
    expect(await msUntilExit(child)).toBeLessThan(LIMIT_MS);
  });
});

it('ends within a second of its parent dying while somebody else still holds its stdin', async () => {
  // The parent hands its own stdin and stdout on; this test keeps the other ends of both.
  const script = `
    require('node:child_process').spawn(process.execPath, [${JSON.stringify(MAIN)}], {
      stdio: ['inherit', 'inherit', 'ignore'],
    });
  `;
  const parent = spawn(process.execPath, ['-e', script], { env: { ...process.env, MASTRA_SERVERS: server.url } });
  send(parent, INITIALIZE);
  await once(parent.stdout, 'data');
  const closed = once(parent.stdout, 'close');
  const started = performance.now();
  parent.kill('SIGKILL');
  await closed;
  expect(performance.now() - started).toBeLessThan(LIMIT_MS);
});

it('answers what was asked before stdin closed', async () => {
  const child = spawnProgram({ MASTRA_SERVERS: server.url });
  send(child, INITIALIZE, { method: 'notifications/initialized' }, { id: 1, method: 'tools/list' });
  send(child, toolCall(2, 'agent-proxy', { targetAgentId: 'ok', messages: [{ role: 'user', content: 'hello' }] }));
  child.stdin.end();
  const answered: unknown[] = [];
  for await (const { id } of messages(child)) answered.push(id);
  expect(answered).toEqual([0, 1, 2]);
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0);
});

it('ends when its client asks on and on but reads no answer, instead of filling its memory', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'unread-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const config = path.join(folder, 'whole-results.yaml');
  writeFileSync(config, 'calls: { maxResultLength: 10000000 }\n');
  const child = spawnProgram({ MASTRA_SERVERS: server.url, AGENT_PROXY_CONFIG: config });
  child.stdout.pause();
  send(child, INITIALIZE, { method: 'notifications/initialized' });
  const asked = { targetAgentId: 'long', messages: [{ role: 'user', content: 'x' }] };
  for (let id = 1; id <= 16; id += 1) send(child, toolCall(id, 'agent-proxy', asked));
  await msUntilExit(child);
  expect(child.exitCode).toBe(0);
});

it('goes on answering, and ends, although nobody reads its log', async () => {
  const child = spawnProgram({ MASTRA_SERVERS: 'none', LOG_LEVEL: 'info' });
  send(child, INITIALIZE, { method: 'notifications/initialized' });
  const unknown = toolCall(1, 'agent-proxy', {
    targetAgentId: 'x'.repeat(200),
    messages: [{ role: 'user', content: 'x' }],
  });
  // Every call leaves a line of some 500 bytes, and a pipe holds 64 KiB.
  for (let count = 0; count < 400; count += 1) send(child, unknown);
  let answered = 0;
  for await (const { id } of messages(child)) {
    answered += id === 1 ? 1 : 0;
    if (answered === 400) child.stdin.end();
  }
  expect(answered).toBe(400);
  expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(0);
});

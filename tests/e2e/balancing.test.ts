import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spawnMastra, type MastraProcess } from '../servers/mastra-process.ts';
import { startProgram, type Program } from './program.ts';

let folder: string;
let servers: MastraProcess[];
let before: number[];

const call = { targetAgentId: 'agent', messages: [{ role: 'user', content: 'hello' }] };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'balancing-'));
  const agents = [{ id: 'agent', memory: true }];
  servers = await Promise.all([spawnMastra({ agents }), spawnMastra({ agents }), spawnMastra({ agents })]);
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(folder, { recursive: true });
});

async function start(config: object, weights: readonly number[] = []): Promise<Program> {
  const path = join(folder, 'config.json');
  const listed = servers.map(({ url }, index) => ({ url, weight: weights[index] ?? 1 }));
  writeFileSync(path, JSON.stringify({ servers: listed, ...config }));
  const program = await startProgram({ AGENT_PROXY_CONFIG: path });
  await program.call('list-agents', {});
  before = await totals();
  return program;
}

async function totals(): Promise<number[]> {
  const counts = await Promise.all(servers.map((server) => server.counts()));
  return counts.map(({ agent }) => agent?.calls ?? 0);
}

/** How many calls each server has counted since the start. */
async function shares(): Promise<number[]> {
  return (await totals()).map((total, index) => total - (before[index] ?? 0));
}

it('without balancing every call goes to the best copy', async () => {
  const program = await start({});
  for (let i = 0; i < 6; i += 1) await program.call('agent-proxy', call);
  expect(await shares()).toEqual([6, 0, 0]);
  await program.stop();
});

it('calls are spread evenly, conversations stay where they are', async () => {
  const program = await start({ balancing: { method: 'round-robin' } });
  for (let i = 0; i < 30; i += 1) await program.call('agent-proxy', call);
  const even = await shares();
  expect(even.reduce((sum, share) => sum + share)).toBe(30);
  for (const share of even) expect(Math.abs(share - 10)).toBeLessThanOrEqual(1);
  const homes = new Set<unknown>();
  for (let i = 0; i < 10; i += 1) {
    await program.call('agent-proxy', call);
    homes.add((await program.call('agent-proxy', { ...call, threadId: 't', resourceId: 'r' }))['serverUsed']);
  }
  expect(homes.size).toBe(1);
  await program.stop();
});

it('a copy that begins to fail is left after a few calls, and not only when others are told of it', async () => {
  const program = await start({ balancing: { method: 'round-robin' } });
  for (let i = 0; i < 6; i += 1) await program.call('agent-proxy', call);
  await servers[1]!.setMood({ status: 500 });
  const { url } = servers[1]!;
  let failed = 0;
  for (let i = 0; i < 60; i += 1) {
    const { isError } = await program.client.callTool({ name: 'agent-proxy', arguments: call });
    if (isError === true) failed += 1;
  }
  await servers[1]!.setMood({});
  expect(failed).toBeGreaterThan(0);
  expect(failed).toBeLessThanOrEqual(4);
  expect(await program.call('agent-proxy', call)).not.toMatchObject({ serverUsed: url });
  await program.stop();
});

it('weights of servers and of the policy decide how much each takes', async () => {
  const policy = {
    import: [{ match: { communities: ['server:server2'] }, action: { action: 'modify', setWeight: 30 } }],
  };
  const program = await start({ balancing: { method: 'weighted' }, policy }, [60, 10, 5]);
  for (let i = 0; i < 20; i += 1) await program.call('agent-proxy', call);
  expect(await shares()).toEqual([12, 2, 6]);
  await program.stop();
});

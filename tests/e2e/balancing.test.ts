import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MastraClient } from '@mastra/client-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawnMastra, type MastraProcess } from '../servers/mastra-process.ts';
import { startProgram, type Program } from './program.ts';

let folder: string;
let servers: MastraProcess[];
let before: number[];

const CALLS = 1_000;
const AT_ONCE = 4;
/** A multiple of the servers, so that they can have as many each. */
const CONVERSATIONS = 99;

const call = { targetAgentId: 'agent', messages: [{ role: 'user', content: 'hello' }] };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'balancing-'));
  const agents = [{ id: 'agent', memory: true }];
  servers = await Promise.all([spawnMastra({ agents }), spawnMastra({ agents }), spawnMastra({ agents })]);
  // The first answer of a server takes longer than all others, which would count as its health.
  await Promise.all(servers.map(({ url }) => new MastraClient({ baseUrl: url }).getAgent('agent').generate('hello')));
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(folder, { recursive: true });
});

/** Differences of health are another matter: here all copies are equal, however busy the machine is. */
const equal = { medTolerance: 999 };

/** The program over all servers, or over as many as there are weights. */
async function start(config: object, weights: readonly number[] = [1, 1, 1]): Promise<Program> {
  const path = join(folder, 'config.json');
  const listed = weights.map((weight, index) => ({ url: servers[index]?.url, weight }));
  writeFileSync(path, JSON.stringify({ servers: listed, ...config }));
  const program = await startProgram({ AGENT_PROXY_CONFIG: path });
  await program.call('list-agents', {});
  before = await totals();
  return program;
}

/** A thousand calls, a few at a time; `more` is what each says besides, and who wants to know where it went. */
async function callOften(
  program: Program,
  more: (number: number) => { readonly note?: (serverUsed: unknown) => void; readonly [key: string]: unknown },
): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < CALLS) {
      const { note, ...args } = more(next++);
      const { serverUsed } = await program.call('agent-proxy', { ...call, ...args });
      note?.(serverUsed);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
}

function expectShares(counted: readonly number[], wanted: readonly number[]): void {
  expect(counted.reduce((sum, share) => sum + share)).toBe(CALLS);
  for (const [index, share] of counted.entries()) {
    const due = (wanted[index] ?? 0) * CALLS;
    expect(Math.abs(share - due), `${counted.join(', ')} in place of about ${due}`).toBeLessThanOrEqual(0.05 * due);
  }
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
  const policy = { import: [{ match: {}, action: { action: 'modify', setMED: 0 } }] };
  const program = await start({ policy });
  for (let i = 0; i < 6; i += 1) await program.call('agent-proxy', call);
  expect(await shares()).toEqual([6, 0, 0]);
  await program.stop();
});

describe('over a thousand calls, as the servers count them', () => {
  it('round-robin is even within five percent', async () => {
    const program = await start({ balancing: { method: 'round-robin', ...equal } });
    await callOften(program, () => ({}));
    expectShares(await shares(), [1 / 3, 1 / 3, 1 / 3]);
    await program.stop();
  });

  it('weighted is within five percent of the weights', async () => {
    const program = await start({ balancing: { method: 'weighted', ...equal } }, [60, 40]);
    await callOften(program, () => ({}));
    expectShares(await shares(), [0.6, 0.4, 0]);
    await program.stop();
  });

  it('latency-based sends at least nine of ten to the fast one', async () => {
    await Promise.all([servers[0]!.setMood({ delayMs: 300 }), servers[2]!.setMood({ delayMs: 300 })]);
    const program = await start({ balancing: { method: 'latency-based', ...equal } });
    await callOften(program, () => ({}));
    const [, fast = 0] = await shares();
    expect(fast).toBeGreaterThanOrEqual(0.9 * CALLS);
    await Promise.all(servers.map((server) => server.setMood({})));
    await program.stop();
  });

  it('a conversation stays where it began, always, and conversations are spread', async () => {
    const program = await start({ balancing: { method: 'round-robin', ...equal } });
    const homes = new Map<string, Set<unknown>>();
    await callOften(program, (number) => {
      const threadId = `thread-${number % CONVERSATIONS}`;
      const note = (serverUsed: unknown): void => {
        homes.set(threadId, (homes.get(threadId) ?? new Set()).add(serverUsed));
      };
      return { threadId, resourceId: 'someone', note };
    });
    expect([...homes.values()].map(({ size }) => size)).toEqual(Array.from({ length: CONVERSATIONS }, () => 1));
    expectShares(await shares(), [1 / 3, 1 / 3, 1 / 3]);
    await program.stop();
  });
});

it('a copy that begins to fail is left after a few calls, and not only when others are told of it', async () => {
  const program = await start({ balancing: { method: 'round-robin', ...equal } });
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
  const program = await start({ balancing: { method: 'weighted', ...equal }, policy }, [60, 10, 5]);
  for (let i = 0; i < 20; i += 1) await program.call('agent-proxy', call);
  expect(await shares()).toEqual([12, 2, 6]);
  await program.stop();
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { spawnMastra, type MastraProcess } from '../servers/mastra-process.ts';
import { startProgram, type Program } from '../e2e/program.ts';

const CALLS_PER_SECOND = 20;
const AGENTS = [{ id: 'agent' }];

interface Outcome {
  readonly at: number;
  readonly serverUsed?: string;
  readonly code?: string;
  readonly attempts: readonly { readonly nextHop: string; readonly outcome: string }[];
}

let folder: string;
let servers: MastraProcess[];
let program: Program;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'survival-'));
  servers = await Promise.all([0, 1, 2].map(() => spawnMastra({ agents: AGENTS })));
  const path = join(folder, 'config.json');
  const health = { intervalMs: 1_000, timeoutMs: 1_000, failures: 3, restMs: 500 };
  writeFileSync(path, JSON.stringify({ servers: servers.map(({ url }) => ({ url })), health }));
  program = await startProgram({ AGENT_PROXY_CONFIG: path });
  await program.call('list-agents', {});
});

afterEach(async () => {
  await program.stop();
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(folder, { recursive: true });
});

/** Calls the agent at a steady rate until the script has run, and tells how every call went. */
async function underLoad(args: object, script: (done: readonly Outcome[]) => Promise<void>): Promise<Outcome[]> {
  const calls: Promise<Outcome>[] = [];
  const done: Outcome[] = [];
  const call = async (): Promise<Outcome> => {
    const outcome = await outcomeOf(args);
    done.push(outcome);
    return outcome;
  };
  const load = setInterval(() => calls.push(call()), 1_000 / CALLS_PER_SECOND);
  await script(done);
  clearInterval(load);
  return Promise.all(calls);
}

async function outcomeOf(args: object): Promise<Outcome> {
  const at = performance.now();
  const messages = [{ role: 'user', content: 'hello' }];
  const result = await program.client.callTool({
    name: 'agent-proxy',
    arguments: { targetAgentId: 'agent', messages, ...args },
  });
  const [item] = result.content as { text: string }[];
  return { at, ...(JSON.parse(item?.text ?? '{}') as Omit<Outcome, 'at'>) };
}

/** Resolves when so many calls have ended of those that began after a time; until then nothing can be said of them. */
async function ended(done: readonly Outcome[], calls: number, since = performance.now()): Promise<void> {
  const isEnough = (): boolean => done.filter(({ at }) => at > since).length >= calls;
  await vi.waitUntil(isEnough, { timeout: 60_000, interval: 20 });
}

/** More than enough for what is wrong to be noticed, and some calls that are made when it is. */
const SEEN = 80;

async function whileUnwell(
  done: readonly Outcome[],
  server: MastraProcess,
  mood: Parameters<MastraProcess['setMood']>[0],
): Promise<void> {
  await server.setMood(mood);
  await ended(done, SEEN);
  await server.setMood({});
}

describe('while servers hang, fail, slow down and die', () => {
  it('no call fails that may be repeated', async () => {
    const outcomes = await underLoad({ retry: 'always', timeoutMs: 9_000 }, async (done) => {
      await whileUnwell(done, servers[0]!, { hangs: true });
      await whileUnwell(done, servers[1]!, { status: 500 });
      await whileUnwell(done, servers[0]!, { delayMs: 2_000 });
      await servers[1]!.kill();
      await ended(done, SEEN);
    });
    expect(outcomes.length).toBeGreaterThan(200);
    expect(outcomes.filter(({ code }) => code !== undefined)).toEqual([]);
  });

  it('of the others only those fail that were with the victim, and no agent runs twice for one call', async () => {
    const [victim, ...others] = servers;
    let diedAt = 0;
    const outcomes = await underLoad({}, async (done) => {
      await ended(done, 20);
      await victim!.setMood({ delayMs: 200 });
      await ended(done, 10);
      await victim!.kill();
      diedAt = performance.now();
      await ended(done, 40, diedAt);
    });
    const failed = outcomes.filter(({ code }) => code !== undefined);
    expect(failed.filter(({ attempts }) => attempts.at(-1)?.nextHop !== victim!.url)).toEqual([]);
    for (const server of others) {
      const answered = outcomes.filter(({ serverUsed }) => serverUsed === server.url).length;
      expect((await server.counts())['agent']?.calls).toBe(answered);
    }
    expect(outcomes.filter(({ at }) => at > diedAt).length).toBeGreaterThan(20);
  });

  it('calls leave a slow server within five seconds, and come back when it has recovered', async () => {
    const [slow] = servers;
    let recoveredAt = 0;
    let slowAt = 0;
    const outcomes = await underLoad({}, async (done) => {
      await ended(done, 20);
      slowAt = performance.now();
      await slow!.setMood({ delayMs: 2_000 });
      await ended(done, 60, slowAt + 5_000);
      recoveredAt = performance.now();
      await slow!.setMood({});
      const isBack = ({ at, serverUsed }: Outcome): boolean => at > recoveredAt && serverUsed === slow!.url;
      await vi.waitUntil(() => done.some(isBack), { timeout: 90_000, interval: 50 });
    });
    const there = outcomes.filter(({ serverUsed }) => serverUsed === slow!.url).map(({ at }) => at);
    expect(there.filter((at) => at > slowAt + 5_000 && at < recoveredAt)).toEqual([]);
    expect(outcomes.every(({ code }) => code === undefined)).toBe(true);
  }, 120_000);
});

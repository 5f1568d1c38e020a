import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { spawnMastra, type MastraProcess } from '../servers/mastra-process.ts';
import { startProgram, until, type Program } from './program.ts';

interface Listing {
  readonly serverAgents: readonly {
    readonly agents: readonly { readonly route: { readonly med: number; readonly communities: readonly string[] } }[];
  }[];
}

const CALM = { load: { queueDepth: 0, cpuUsage: 0 } };

const call = { targetAgentId: 'agent', messages: [{ role: 'user', content: 'hello' }] };

let folder: string;
let servers: MastraProcess[];
let program: Program;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'health-'));
  servers = await Promise.all([spawnMastra({ agents: [{ id: 'agent' }] }), spawnMastra({ agents: [{ id: 'agent' }] })]);
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  await Promise.all(servers.map((server) => server.setMood(CALM)));
  const path = join(folder, 'config.json');
  const config = {
    servers: servers.map(({ url }) => ({ url })),
    health: { intervalMs: 200, timeoutMs: 500, failures: 3, restMs: 300 },
  };
  writeFileSync(path, JSON.stringify(config));
  program = await startProgram({ AGENT_PROXY_CONFIG: path });
  await program.call('list-agents', {});
});

afterEach(async () => {
  await program.stop();
});

async function routes(): Promise<{ med: number; communities: readonly string[] }[]> {
  const { serverAgents } = await program.call<Listing>('list-agents', {});
  return serverAgents.flatMap(({ agents }) => agents.map(({ route }) => route));
}

async function serverUsed(args: object = {}): Promise<string> {
  return (await program.call<{ serverUsed: string }>('agent-proxy', { ...call, ...args })).serverUsed;
}

describe('the health of a server', () => {
  it('is shown with its routes once it is measured', async () => {
    await until(async () => (await routes()).every(({ communities }) => communities.includes('performance:fast')));
    await until(async () => (await routes()).every(({ med }) => med === 0));
    expect(await serverUsed({ constraints: { maxResponseTimeMs: 1_000, minSuccessRate: 0.9 } })).toBe(servers[0]!.url);
    const far = { ...call, constraints: { region: 'moon' } };
    expect(await program.failure('agent-proxy', far)).toMatchObject({ code: 'AGENT_NOT_FOUND' });
    await servers[0]!.setMood({ load: { queueDepth: 4, cpuUsage: 0.2 } });
    await until(async () => (await routes())[0]?.med === 50);
    expect(await serverUsed()).toBe(servers[1]!.url);
  });

  it('falls with slow answers, so that calls go elsewhere within five seconds', async () => {
    expect(await serverUsed()).toBe(servers[0]!.url);
    await servers[0]!.setMood({ delayMs: 2_000 });
    const slowSince = performance.now();
    await until(async () => (await serverUsed()) === servers[1]!.url);
    expect(performance.now() - slowSince).toBeLessThan(5_000);
    await until(async () => ((await routes())[0]?.med ?? 0) > 0);
  });

  it('falls with agents that fail, although the server itself is well', async () => {
    await servers[0]!.setMood({ status: 500 });
    expect(await program.failure('agent-proxy', call)).toMatchObject({ code: 'AGENT_ERROR' });
    expect(await serverUsed()).toBe(servers[1]!.url);
  });
});

describe('a server that hangs', () => {
  it('is left after a few failures, named in an honest error, and called again when its probe is answered', async () => {
    await servers[0]!.setMood({ hangs: true });
    const mine = { ...call, targetAgentId: 'server0:agent', timeoutMs: 100 };
    await until(async () => {
      const { code, retryAfterMs } = await program.failure('agent-proxy', mine);
      return code === 'SERVER_UNAVAILABLE' && typeof retryAfterMs === 'number';
    });
    expect(await serverUsed()).toBe(servers[1]!.url);
    await until(async () => (await routes())[0]?.med === 999);
    const { agent } = await servers[0]!.counts();
    await servers[0]!.setMood(CALM);
    await until(async () => (await routes())[0]?.med === 0);
    expect((await servers[0]!.counts())['agent']).toEqual(agent);
    expect(await serverUsed({ targetAgentId: 'server0:agent' })).toBe(servers[0]!.url);
  });
});

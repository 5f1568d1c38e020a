import { afterEach, describe, expect, it } from 'vitest';
import { MastraAgents } from '../../src/servers/api/mastra-agents.ts';
import type { AgentChanges } from '../../src/control-plane/discovery/agent-changes.ts';
import { Discovery, type ServerStatus } from '../../src/control-plane/discovery/discovery.ts';
import { MastraSource } from '../../src/servers/api/mastra-source.ts';
import { Egress } from '../../src/base/egress/egress.ts';
import { startFaulty } from '../servers/faulty-server.ts';
import { spawnMastra } from '../servers/mastra-process.ts';
import { freePort } from '../servers/free-port.ts';
import { until } from './program.ts';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Watch {
  readonly discovery: Discovery;
  readonly egress: Egress;
  /** The agents that are known of each server now. */
  readonly known: Map<string, Set<string>>;
  readonly statuses: Map<string, ServerStatus>;
}

function watch(urls: Readonly<Record<string, string>>): Watch {
  const egress = new Egress({ targets: Object.values(urls).map((baseUrl) => ({ baseUrl })) });
  const known = new Map(Object.keys(urls).map((name) => [name, new Set<string>()]));
  const statuses = new Map<string, ServerStatus>();
  const discovery = new Discovery(
    Object.entries(urls).map(([name, url]) => ({ name, source: new MastraSource(url, egress.fetch) })),
    {
      pace: { intervalMs: 300_000, retries: 1_000, backoffMs: 100, maxBackoffMs: 100 },
      timeoutMs: 10_000,
      maxAgents: 1_000,
      random: Math.random,
    },
  );
  closing.push(
    () => egress.close(),
    () => {
      discovery.stop();
    },
  );
  discovery.start({
    onAgents: (server, { added, withdrawn }: AgentChanges) => {
      for (const { id } of added) known.get(server)?.add(id);
      for (const id of withdrawn) known.get(server)?.delete(id);
    },
    onStatus: (server, status) => statuses.set(server, status),
  });
  return { discovery, egress, known, statuses };
}

describe('discovery of running servers', () => {
  it('finds the agents of a server, loses them when it dies, and finds what its successor has', async () => {
    const first = await spawnMastra({ port: await freePort(), agents: [{ id: 'stays' }, { id: 'goes' }] });
    closing.push(() => first.kill());
    const { discovery, known, statuses } = watch({ one: first.url });
    await discovery.firstAnswer('one');
    expect(known.get('one')).toEqual(new Set(['stays', 'goes']));

    await first.kill('SIGKILL');
    await discovery.refresh();
    expect(known.get('one')).toEqual(new Set());
    expect(statuses.get('one')).toMatchObject({
      status: 'error',
      error: expect.stringContaining('ECONNREFUSED') as string,
    });

    const { port } = new URL(first.url);
    const second = await spawnMastra({ port: Number(port), agents: [{ id: 'stays' }, { id: 'comes' }] });
    closing.push(() => second.kill());
    await expect.poll(() => known.get('one'), { timeout: 10_000 }).toEqual(new Set(['stays', 'comes']));
    expect(statuses.get('one')).toEqual({ status: 'online', notes: [] });
  });

  it('tells of a living server while another hangs and a third refuses', async () => {
    const hanging = await startFaulty('hang');
    closing.push(() => hanging.stop());
    const refusing = await startFaulty();
    await refusing.stop();
    const alive = await spawnMastra({ agents: [{ id: 'alive' }] });
    closing.push(() => alive.kill());
    const { discovery, known, statuses } = watch({ hanging: hanging.url, refusing: refusing.url, alive: alive.url });
    await discovery.firstAnswer('alive');
    expect(known.get('alive')).toEqual(new Set(['alive']));
    await discovery.firstAnswer('refusing');
    expect(statuses.get('refusing')?.status).toBe('error');
    expect(statuses.has('hanging')).toBe(false);
  });

  it('lets a call that is cancelled end the work of a model in another process', async () => {
    const server = await spawnMastra({ agents: [{ id: 'hanging', behaviour: 'hang' }] });
    closing.push(() => server.kill());
    const { egress } = watch({ one: server.url });
    const abort = new AbortController();
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const call = new MastraAgents(server.url, egress.fetch)
      .stream({ agentId: 'hanging', messages, signal: abort.signal }, () => undefined)
      .catch((error: unknown) => error);
    await until(async () => (await server.counts())['hanging']?.calls === 1);
    abort.abort();
    await call;
    await until(async () => (await server.counts())['hanging']?.aborted === 1);
  });

  it('says that the agent may have acted when its server dies in the middle of its work', async () => {
    const server = await spawnMastra({ agents: [{ id: 'hanging', behaviour: 'hang' }] });
    closing.push(() => server.kill());
    const { egress } = watch({ one: server.url });
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const failure = new MastraAgents(server.url, egress.fetch)
      .generate({ agentId: 'hanging', messages, signal: new AbortController().signal })
      .catch((error: unknown) => error);
    await until(async () => (await server.counts())['hanging']?.calls === 1);
    await server.kill('SIGKILL');
    expect(await failure).toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      reached: 'maybe',
      message: expect.stringContaining('may have acted') as string,
    });
  });
});

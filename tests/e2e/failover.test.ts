import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startFaulty, type FaultyServer } from '../servers/faulty-server.ts';
import { startMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { hasSaid, startTestRouter, type TestRouter } from './test-router.ts';
import { until } from './program.ts';

/** An agent of the faulty servers: they are there and send its calls away unseen, so every other copy may be tried. */
const AGENT = 'redirect';
const call = { targetAgentId: AGENT, messages: [{ role: 'user', content: 'hello' }] };
const FIRST_ASN = 65_101;

let running: { readonly stop: () => Promise<void> }[] = [];
let folders: string[] = [];

afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true });
  running = [];
  folders = [];
});

async function started<T extends { readonly stop: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
  const one = await starting;
  running.push(one);
  return one;
}

interface Listing {
  readonly serverAgents: readonly {
    readonly serverName: string;
    readonly agents: readonly { readonly id: string }[];
  }[];
}

interface Placed {
  /** The routers that it has sessions with, by their places in the list. */
  readonly peers: readonly number[];
  readonly servers?: readonly string[];
}

/** Starts routers, one AS each, and waits until each knows the agent, and has it from each of its own servers. */
async function startNetwork(placed: readonly Placed[], policy: object = {}): Promise<TestRouter[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'failover-'));
  folders.push(folder);
  const file = path.join(folder, 'policy.json');
  writeFileSync(file, JSON.stringify(policy));
  const ports: number[] = [];
  while (ports.length < placed.length) ports.push(await freePort());
  const routers = await Promise.all(
    placed.map(({ peers, servers }, index) =>
      started(
        startTestRouter({
          asn: FIRST_ASN + index,
          port: ports[index] ?? 0,
          peers: peers.map((peer) => `${FIRST_ASN + peer}@http://127.0.0.1:${ports[peer]}`),
          ...(servers !== undefined && { servers: servers.join(' ') }),
          env: { AGENT_ROUTING_POLICY: file },
        }),
      ),
    ),
  );
  await Promise.all(
    routers.map((router, index) => {
      const own = placed[index]?.servers?.length ?? 0;
      return until(async () => {
        const { serverAgents } = await router.call<Listing>('list-agents', {});
        const copies = serverAgents.filter(({ agents }) => agents.some(({ id }) => id === AGENT));
        return copies.length > 0 && copies.filter(({ serverName }) => serverName.startsWith('server')).length === own;
      });
    }),
  );
  return routers;
}

const asked = ({ seen }: FaultyServer): number => seen.filter(({ path }) => path.endsWith('/generate')).length;
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

describe('a diamond of four routers with a dead far end', () => {
  it('is asked once at every router: the second way knows where the first has been', async () => {
    const server = await started(startFaulty());
    const [near, ...others] = await startNetwork([
      { peers: [1, 2] },
      { peers: [0, 3] },
      { peers: [0, 3] },
      { peers: [1, 2], servers: [server.url] },
    ]);
    await until(async () => {
      const known = (await (await fetch(`${near!.url}/bgp/routes?rib=in&family=agent`)).json()) as {
        agentId: string;
      }[];
      return known.filter(({ agentId }) => agentId === AGENT).length === 2;
    });
    const failure = await near!.failure('agent-proxy', call);
    expect(failure).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    expect(failure['attempts']).toMatchObject([{ outcome: 'SERVER_UNAVAILABLE' }, { outcome: 'AGENT_NOT_FOUND' }]);
    expect(asked(server)).toBe(1);
    for (const one of others) {
      expect(await hasSaid(one, 'call-relayed')).toHaveLength(1);
    }
  });
});

describe('a chain of five routers that all have dead copies of an agent', () => {
  it.each([
    { copies: [4, 4, 4, 4, 4], calls: [0, 0, 0, 0, 4] },
    { copies: [4, 4, 4, 2, 1], calls: [0, 0, 1, 2, 1] },
  ])('tries four of $copies in all, wherever they are', async ({ copies, calls }) => {
    const servers = await Promise.all(
      copies.map((count) => Promise.all(Array.from({ length: count }, () => started(startFaulty())))),
    );
    const chain = servers.map((own, index) => ({
      peers: [index - 1, index + 1].filter((peer) => peer >= 0 && peer < copies.length),
      servers: own.map(({ url }) => url),
    }));
    const asns = copies.map((_, index) => FIRST_ASN + index);
    const [near] = await startNetwork(chain, {
      groups: [asns],
      import: [{ match: { asPath: [asns.at(-1)] }, action: { action: 'modify', setLocalPref: 200 } }],
    });
    await until(async () => (await near!.agents())[AGENT]?.length === copies.length - 1);
    const failure = await near!.failure('agent-proxy', call);
    expect(failure).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no', attempts: [{}] });
    expect(servers.map((own) => sum(own.map(asked)))).toEqual(calls);
  });
});

describe('a router whose best copy is dead', () => {
  it.each([
    { why: 'its community no-export forbids it', communities: ['no-export'] },
    { why: 'export policy forbids it', communities: ['private'] },
  ])('keeps its other copy to itself where $why', async ({ communities }) => {
    const dead = await started(startFaulty());
    const live = await started(startMastra({ agents: [{ id: AGENT, communities }] }));
    const [near, far] = await startNetwork([{ peers: [1] }, { peers: [0], servers: [dead.url, live.url] }], {
      export: [{ match: { communities: ['private'] }, action: { action: 'reject' } }],
    });
    expect(await near!.failure('agent-proxy', call)).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    expect(asked(dead)).toBe(1);
    expect(live.counts()[AGENT]?.calls).toBe(0);
    expect(await far!.call('agent-proxy', call)).toMatchObject({ success: true, serverUsed: live.url });
  });

  it('lets a peer have its other copy where nothing forbids it', async () => {
    const dead = await started(startFaulty());
    const live = await started(startMastra({ agents: [{ id: AGENT }] }));
    const [near] = await startNetwork([{ peers: [1] }, { peers: [0], servers: [dead.url, live.url] }]);
    expect(await near!.call('agent-proxy', call)).toMatchObject({ success: true });
    expect([asked(dead), live.counts()[AGENT]?.calls]).toEqual([1, 1]);
  });
});

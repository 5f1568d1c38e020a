import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startCanned, type CannedServer } from '../servers/canned-server.ts';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { RawPeer } from '../servers/raw-peer.ts';
import { freePort } from '../servers/free-port.ts';
import { knows, logged, startTestRouter, type TestRouter } from './test-router.ts';
import { until } from './program.ts';

const say = (content: string) => ({ messages: [{ role: 'user', content }] });

describe('a router between others that is stopped', () => {
  const names = ['caller', 'left', 'right', 'owner'] as const;
  const routers = {} as Record<(typeof names)[number], TestRouter>;
  /** A fast agent. Calls that are in progress when a router stops have 300 ms. */
  let server: CannedServer;

  beforeAll(async () => {
    const ports = await Promise.all(names.map(() => freePort()));
    const asns = [65101, 65102, 65103, 65104];
    const at = (...indices: number[]) => indices.map((index) => `${asns[index]}@http://127.0.0.1:${ports[index]}`);
    const neighbours = [at(1, 2), at(0, 3), at(0, 3), at(1, 2)];
    server = await startCanned();
    await Promise.all(
      names.map(async (name, index) => {
        const [asn = 0, port = 0, peers = []] = [asns[index], ports[index], neighbours[index]];
        routers[name] = await startTestRouter({ asn, port, peers, ...(name === 'owner' && { servers: server.url }) });
      }),
    );
    await knows(routers.caller, 'canned');
  });

  afterAll(async () => {
    await Promise.all(Object.values(routers).map((router) => router.stop()));
    await server.stop();
  });

  it('answers every call', async () => {
    await until(
      async () =>
        ((await (await fetch(`${routers.caller.url}/bgp/routes?rib=in&family=agent`)).json()) as object[]).length === 2,
    );
    const [first = 0] = (await routers.caller.agents())['canned'] ?? [];
    const [leaving, staying] = first === 65102 ? [routers.left, routers.right] : [routers.right, routers.left];
    let calls = 0;
    let over = false;
    const load = Promise.all(
      [1, 2, 3].map(async () => {
        while (!over) {
          await routers.caller.call('agent-proxy', { targetAgentId: 'canned', ...say(String((calls += 1))) });
        }
      }),
    );
    await until(() => calls > 20);
    await leaving.stop();
    const before = calls;
    await until(() => calls > before + 20);
    over = true;
    await load;
    expect((await routers.caller.agents())['canned']).toEqual([staying.asn, 65104]);
    await logged(routers.caller, 'administrative-shutdown');
  });
});

describe('a router that is stopped', () => {
  let ends: Record<'caller' | 'owner', TestRouter>;
  let mastra: RunningMastra;

  beforeEach(async () => {
    const [a, b] = [await freePort(), await freePort()];
    const peers = [`65111@http://127.0.0.1:${a}`, '65113@http://127.0.0.1:9'];
    mastra = await startMastra({
      agents: [
        { id: 'slow', chunkDelayMs: 25 },
        { id: 'hanging', behaviour: 'hang' },
      ],
    });
    const [caller, owner] = await Promise.all([
      startTestRouter({ asn: 65111, port: a, peers: [`65112@http://127.0.0.1:${b}`] }),
      startTestRouter({ asn: 65112, port: b, peers, servers: mastra.url }),
    ]);
    ends = { caller, owner };
    await knows(caller, 'slow');
  });

  afterEach(async () => {
    await Promise.all(Object.values(ends).map((router) => router.stop()));
    await mastra.stop();
  });

  it('marks its routes before it stops, so that peers prefer any other route (RFC 8326 §4)', async () => {
    const { owner } = ends;
    const witness = await RawPeer.dial(owner.url, { asn: 65_113 });
    const told = (community: string) => {
      const updates = witness.heard.filter((message) => message.type === 'update');
      const marked = updates.filter(({ attributes }) => attributes?.['communities']?.includes(community));
      return marked.flatMap(({ reach = [] }) => reach.map(({ nlri }) => nlri));
    };
    await until(() => told('inferred').length === 4);
    await owner.stop();
    await until(() => witness.socket.readyState === WebSocket.CLOSED);
    expect(told('graceful-shutdown').sort()).toEqual(['hanging', 'slow', '~hanging', '~slow']);
    expect(witness.heard.at(-1)).toMatchObject({ type: 'notification', code: 6, subcode: 2 });
  });

  it('lets a call of a peer in progress end', async () => {
    const { caller, owner } = ends;
    let begun = false;
    const call = caller.call(
      'agent-proxy',
      { targetAgentId: 'slow', interactionType: 'stream', ...say('one') },
      { onprogress: () => (begun = true) },
    );
    await until(() => begun);
    const [reply] = await Promise.all([call, owner.stop()]);
    expect(reply).toMatchObject({
      responseData: { type: 'collected_stream', text: expect.stringContaining('one') as string },
    });
  });

  it('ends within a second, even while a call of a peer waits', async () => {
    const { caller, owner } = ends;
    const call = caller.failure('agent-proxy', { targetAgentId: 'hanging', ...say('hello') });
    await until(() => (mastra.counts()['hanging']?.calls ?? 0) > 0);
    const started = performance.now();
    await owner.stop();
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await call).toMatchObject({ code: 'SERVER_UNAVAILABLE' });
  });
});

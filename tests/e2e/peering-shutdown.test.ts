import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort, knows, startTestRouter, type TestRouter } from './network.ts';
import { until } from './program.ts';

const say = (content: string) => ({ messages: [{ role: 'user', content }] });

interface Listing {
  readonly serverAgents: readonly {
    readonly agents: readonly {
      readonly route: { readonly communities: readonly string[]; readonly localPref: number };
    }[];
  }[];
}

describe('a router between others that is stopped', () => {
  const names = ['caller', 'left', 'right', 'owner'] as const;
  const routers = {} as Record<(typeof names)[number], TestRouter>;
  let mastra: RunningMastra;

  beforeAll(async () => {
    const ports = await Promise.all(names.map(() => freePort()));
    const asns = [65101, 65102, 65103, 65104];
    const at = (...indices: number[]) => indices.map((index) => `${asns[index]}@http://127.0.0.1:${ports[index]}`);
    const neighbours = [at(1, 2), at(0, 3), at(0, 3), at(1, 2)];
    mastra = await startMastra({ agents: [{ id: 'worker' }] });
    await Promise.all(
      names.map(async (name, index) => {
        const [asn = 0, port = 0, peers = []] = [asns[index], ports[index], neighbours[index]];
        routers[name] = await startTestRouter({ asn, port, peers, ...(name === 'owner' && { servers: mastra.url }) });
      }),
    );
    await knows(routers.caller, 'worker');
  });

  afterAll(async () => {
    await Promise.all(Object.values(routers).map((router) => router.stop()));
    await mastra.stop();
  });

  it('leaves no call unanswered', async () => {
    const [first = 0] = (await routers.caller.agents())['worker'] ?? [];
    const [leaving, staying] = first === 65102 ? [routers.left, routers.right] : [routers.right, routers.left];
    await until(
      async () =>
        ((await (await fetch(`${routers.caller.url}/bgp/routes?rib=in&family=agent`)).json()) as object[]).length === 2,
    );
    let calls = 0;
    let over = false;
    const load = Promise.all(
      [1, 2, 3].map(async () => {
        while (!over) {
          await routers.caller.call('agent-proxy', { targetAgentId: 'worker', ...say(String((calls += 1))) });
        }
      }),
    );
    await until(() => calls > 20);
    await leaving.stop();
    const before = calls;
    await until(() => calls > before + 20);
    over = true;
    await load;
    expect((await routers.caller.agents())['worker']).toEqual([staying.asn, 65104]);
    expect(routers.caller.stderr()).toContain('administrative-shutdown');
  });
});

describe('a router that is stopped', () => {
  let ends: Record<'caller' | 'owner', TestRouter>;
  let mastra: RunningMastra;

  beforeEach(async () => {
    const [a, b] = [await freePort(), await freePort()];
    mastra = await startMastra({
      agents: [
        { id: 'slow', chunkDelayMs: 25 },
        { id: 'hanging', behaviour: 'hang' },
      ],
    });
    const [caller, owner] = await Promise.all([
      startTestRouter({ asn: 65111, port: a, peers: [`65112@http://127.0.0.1:${b}`] }),
      startTestRouter({ asn: 65112, port: b, peers: [`65111@http://127.0.0.1:${a}`], servers: mastra.url }),
    ]);
    ends = { caller, owner };
    await knows(caller, 'slow');
  });

  afterEach(async () => {
    await Promise.all(Object.values(ends).map((router) => router.stop()));
    await mastra.stop();
  });

  it('marks its routes before it goes, so that peers prefer any other (RFC 8326 §4)', async () => {
    const { caller, owner } = ends;
    const stopped = owner.stop();
    const marked: unknown[] = [];
    while ('slow' in (await caller.agents())) {
      const { serverAgents } = await caller.call<Listing>('list-agents', {});
      const routes = serverAgents.flatMap(({ agents }) => agents.map(({ route }) => route));
      marked.push(...routes.filter(({ communities }) => communities.includes('graceful-shutdown')));
    }
    expect(marked[0]).toMatchObject({ localPref: 0 });
    await stopped;
  });

  it('lets the call of a peer end that is under way', async () => {
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

  it('is gone within a second, whatever a peer’s call still waits for', async () => {
    const { caller, owner } = ends;
    const call = caller.failure('agent-proxy', { targetAgentId: 'hanging', ...say('hello') });
    await until(() => (mastra.counts()['hanging']?.calls ?? 0) > 0);
    const started = performance.now();
    await owner.stop();
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(await call).toMatchObject({ code: 'SERVER_UNAVAILABLE' });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort, knows, startTestRouter, type TestRouter } from './network.ts';
import { until } from './program.ts';

const say = (content: string) => ({ messages: [{ role: 'user', content }] });

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

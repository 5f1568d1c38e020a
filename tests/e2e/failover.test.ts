import { afterEach, describe, expect, it } from 'vitest';
import { startFaulty, type FaultyServer } from '../servers/faulty-server.ts';
import { freePort, knows, said, startTestRouter, type TestRouter } from './network.ts';

/** An agent whose server is there and sends every call away unseen, so that each copy of the way to it may be tried. */
const AGENT = 'redirect';
const call = { targetAgentId: AGENT, messages: [{ role: 'user', content: 'hello' }] };

let running: { readonly stop: () => Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
});

async function started<T extends { readonly stop: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
  const one = await starting;
  running.push(one);
  return one;
}

const asked = ({ seen }: FaultyServer): number => seen.filter(({ path }) => path.endsWith('/generate')).length;

describe('a diamond of four routers with a dead far end', () => {
  it('is asked once at every router: the second way knows where the first has been', async () => {
    const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
    const peer = (index: number): string => `${65_101 + index}@http://127.0.0.1:${ports[index]}`;
    const router = (index: number, peers: readonly number[], servers?: string): Promise<TestRouter> =>
      started(
        startTestRouter({
          asn: 65_101 + index,
          port: ports[index] ?? 0,
          peers: peers.map(peer),
          ...(servers !== undefined && { servers }),
        }),
      );
    const server = await started(startFaulty());
    const [near, left, right, far] = await Promise.all([
      router(0, [1, 2]),
      router(1, [0, 3]),
      router(2, [0, 3]),
      router(3, [1, 2], server.url),
    ]);
    await Promise.all([near, left, right, far].map((one) => knows(one, AGENT)));
    const failure = await near.failure('agent-proxy', call);
    expect(failure).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    expect(failure['attempts']).toMatchObject([{ outcome: 'SERVER_UNAVAILABLE' }, { outcome: 'AGENT_NOT_FOUND' }]);
    expect(asked(server)).toBe(1);
    for (const one of [left, right, far]) expect(said(one, 'call-relayed')).toHaveLength(1);
  });
});

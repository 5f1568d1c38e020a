import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { hasSaid, knows, said, startTestRouter, type TestRouter } from './test-router.ts';

const AGENT = 'compiler';
const call = { targetAgentId: AGENT, messages: [{ role: 'user', content: 'hello' }] };

let folder: string;
let server: RunningMastra;
let member: TestRouter;
let routeServer: TestRouter;
let other: TestRouter;

/** A route server between two members that call each other directly; `allowNextHops` is what the near one may call. */
async function start(allowNextHops: (otherUrl: string) => readonly unknown[]): Promise<void> {
  const [a, b, c] = [await freePort(), await freePort(), await freePort()];
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  const router = (asn: number, port: number, config: object, servers?: string): Promise<TestRouter> => {
    const file = path.join(folder, `${asn}.json`);
    writeFileSync(file, JSON.stringify(config));
    const env = { AGENT_PROXY_CONFIG: file, HOME: folder };
    return startTestRouter({ asn, port, env, ...(servers !== undefined && { servers }) });
  };
  const toServer = (key: string) => [{ asn: 65102, url: at(b), key }];
  [member, routeServer, other] = await Promise.all([
    router(65101, a, { peers: toServer('a and b'), allowNextHops: allowNextHops(at(c)) }),
    router(65102, b, {
      peers: [
        { asn: 65101, url: at(a), key: 'a and b', nextHop: 'unchanged' },
        { asn: 65103, url: at(c), key: 'b and c', callers: [65101] },
      ],
    }),
    router(65103, c, { peers: toServer('b and c'), callers: [{ asn: 65101, key: 'a and c' }] }, server.url),
  ]);
  await knows(member, AGENT);
}

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'route-server-'));
  server = await startMastra({
    agents: [
      { id: AGENT, chunkDelayMs: 2 },
      { id: 'own', communities: ['no-export'] },
    ],
  });
});

afterEach(async () => {
  await Promise.all([member.stop(), routeServer.stop(), other.stop()]);
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe('the members of a route server', () => {
  it('call each other directly, past the router that told them of each other (RFC 7947 §2.2.1)', async () => {
    await start((url) => [{ url, key: 'a and c' }]);
    expect(await member.agents()).toEqual({ [AGENT]: [65102, 65103] });
    expect(await member.call('agent-proxy', call)).toMatchObject({
      success: true,
      serverUsed: other.url,
      responseData: { text: 'echo from compiler: hello' },
      routeMetrics: { asPath: [65102, 65103] },
    });
    expect(await member.call('agent-proxy', { ...call, interactionType: 'stream' })).toMatchObject({
      serverUsed: other.url,
      responseData: { type: 'collected_stream', text: 'echo from compiler: hello' },
    });
    const carried = await hasSaid(other, 'call-relayed', 2);
    expect(said(routeServer, 'call-relayed')).toEqual([]);
    expect(carried).toMatchObject([{ caller: 'caller:as65101' }, { caller: 'caller:as65101' }]);
  });

  it('are refused by each other with a wrong key, and strangers are too', async () => {
    await start((url) => [{ url, key: 'a guess' }]);
    expect(await member.failure('agent-proxy', call)).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    const response = await fetch(`${other.url}/api/agents/${AGENT}/generate`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    expect(server.counts()[AGENT]?.calls).toBe(0);
  });

  it('call through the route server where they may not call what it names', async () => {
    await start(() => []);
    expect(await member.call('agent-proxy', call)).toMatchObject({ success: true, serverUsed: routeServer.url });
    expect(await hasSaid(other, 'call-relayed')).toMatchObject([{ caller: 'as65102' }]);
  });
});

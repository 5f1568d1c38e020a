import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { knows, startTestRouter, type TestRouter } from './test-router.ts';

const messages = [{ role: 'user', content: 'hello' }];
const call = { targetAgentId: 'agent', messages };

describe('a caller that calls more often than it may', () => {
  let folder: string;
  let server: RunningMastra;
  let limited: TestRouter;
  let peer: TestRouter;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rates-'));
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify({ calls: { maxPerMinute: 1, maxBurst: 2 } }));
    server = await startMastra({ agents: [{ id: 'agent' }] });
    const [port, other] = [await freePort(), await freePort()];
    const at = (asn: number, at: number) => `${asn}@http://127.0.0.1:${at}`;
    const env = { AGENT_PROXY_CONFIG: file };
    [limited, peer] = await Promise.all([
      startTestRouter({ asn: 65101, port, servers: server.url, peers: [at(65102, other)], env }),
      startTestRouter({ asn: 65102, port: other, peers: [at(65101, port)] }),
    ]);
    await Promise.all([knows(limited, 'agent'), knows(peer, 'agent')]);
  });

  afterAll(async () => {
    await Promise.all([limited.stop(), peer.stop()]);
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const post = () =>
    fetch(`${limited.url}/api/agents/agent/generate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages }),
    });

  it('is told when to come again, be it the MCP client, a peer or an HTTP client: each has calls of its own', async () => {
    for (let made = 0; made < 2; made += 1) {
      await limited.call('agent-proxy', call);
      await peer.call('agent-proxy', call);
      expect((await post()).status).toBe(200);
    }
    const before = server.counts()['agent'];
    const failure = await limited.failure('agent-proxy', call);
    expect(failure).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    expect(failure['retryAfterMs']).toBeGreaterThan(0);
    expect(failure['retryAfterMs']).toBeLessThanOrEqual(60_000);
    expect(await peer.failure('agent-proxy', call)).toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      reached: 'no',
      retryAfterMs: expect.any(Number) as number,
    });
    const refused = await post();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    expect(server.counts()['agent']).toEqual(before);
  });
});

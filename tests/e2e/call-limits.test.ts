import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { knows, startTestRouter, type TestRouter } from './test-router.ts';
import { until } from './program.ts';

describe('a server that gets one call at a time', () => {
  let folder: string;
  let server: RunningMastra;
  let router: TestRouter;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'limits-'));
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify({ calls: { maxConcurrent: 1, maxQueued: 0 } }));
    server = await startMastra({ agents: [{ id: 'slow', chunkDelayMs: 50_000 }, { id: 'quick' }] });
    const env = { AGENT_PROXY_CONFIG: file };
    router = await startTestRouter({ asn: 65101, port: await freePort(), servers: server.url, env });
    await knows(router, 'quick');
  });

  afterAll(async () => {
    await router.stop();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  const stream = (agent: string, signal?: AbortSignal) =>
    fetch(`${router.url}/api/agents/${agent}/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'hello' }] }),
      ...(signal && { signal }),
    });

  it('gets no other while a stream that is passed on still comes, and the next when its caller hangs up', async () => {
    const caller = new AbortController();
    const begun = await stream('slow', caller.signal);
    expect(begun.status).toBe(200);
    const refused = await stream('quick');
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'no' });
    caller.abort();
    await until(async () => (await (await stream('quick')).text()).includes('"finish"'));
  });

  it('gets the next when a stream has come to its end', async () => {
    for (let made = 0; made < 3; made += 1) expect(await (await stream('quick')).text()).toContain('"finish"');
  });
});

describe('a request to the front', () => {
  it('is refused where it is larger than any router carries, with nothing sent', async () => {
    const server = await startMastra({ agents: [{ id: 'agent' }] });
    const router = await startTestRouter({ asn: 65101, port: await freePort(), servers: server.url });
    try {
      await knows(router, 'agent');
      const post = (length: number) =>
        fetch(`${router.url}/api/agents/agent/generate`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(length) }] }),
        });
      const refused = await post(16 * 1024 * 1024);
      expect(refused.status).toBe(400);
      expect(await refused.json()).toMatchObject({ code: 'INVALID_REQUEST', reached: 'no' });
      expect(server.counts()).toEqual({ agent: { calls: 0, aborted: 0 } });
    } finally {
      await router.stop();
      await server.stop();
    }
  });
});

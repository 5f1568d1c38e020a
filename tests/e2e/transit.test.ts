import { MastraClient } from '@mastra/client-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { reaches, startTestRouter, type TestRouter } from './test-router.ts';

const messages = [{ role: 'user', content: 'one two three' }];

let near: TestRouter;
let middle: TestRouter;
let far: TestRouter;
let server: RunningMastra;

beforeAll(async () => {
  server = await startMastra({
    agents: [
      { id: 'fails', behaviour: 'fail-midway' },
      { id: 'elder', legacyModel: true, capabilities: ['history/ancient'] },
    ],
  });
  const [a, b, c] = [await freePort(), await freePort(), await freePort()];
  const at = (asn: number, port: number): string => `${asn}@http://127.0.0.1:${port}`;
  [near, middle, far] = await Promise.all([
    startTestRouter({ asn: 65101, port: a, peers: [at(65102, b)] }),
    startTestRouter({ asn: 65102, port: b, peers: [at(65101, a), at(65103, c)] }),
    startTestRouter({ asn: 65103, port: c, peers: [at(65102, b)], servers: server.url }),
  ]);
  await reaches(near, 'fails', 'elder', 'history/ancient');
});

afterAll(async () => {
  await Promise.all([near.stop(), middle.stop(), far.stop()]);
  await server.stop();
});

interface Chunk {
  readonly type: string;
  readonly payload: unknown;
}

async function streamed(base: string, id: string): Promise<{ readonly text: string; readonly chunks: Chunk[] }> {
  const response = await fetch(`${base}/api/agents/${id}/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ messages }),
  });
  const text = await response.text();
  const events = text.matchAll(/^data: (\{.*)$/gm);
  return { text, chunks: [...events].map(([, json = '']) => JSON.parse(json) as Chunk) };
}

describe('what a router lists as a Mastra server', () => {
  it('says of its agents what they can do, and not which server has them', async () => {
    const listed = (await (await fetch(`${far.url}/api/agents`)).json()) as Record<string, { metadata: object }>;
    expect(listed['elder']?.metadata).toMatchObject({ capabilities: ['history/ancient'] });
    expect(JSON.stringify(listed)).not.toMatch(/"(?:server|as):/);
  });
});

describe('a stream that fails some routers away', () => {
  it('tells what happened, in its place, and nothing of the insides of the server', async () => {
    const [direct, carried] = [await streamed(server.url, 'fails'), await streamed(near.url, 'fails')];
    expect(direct.text).toContain('scripted-model.ts');
    expect(carried.text).not.toMatch(/stack|scripted-model\.ts/);
    expect(carried.chunks.map(({ type }) => type)).toEqual(direct.chunks.map(({ type }) => type));
    expect(carried.text.trimEnd()).toMatch(/data: \[DONE\]$/);
    const errors = carried.chunks.filter(({ type }) => type === 'error');
    expect(errors).toMatchObject([{ payload: { error: { message: 'The scripted model fails halfway' } } }]);
  });

  it('is a failure with what came before', async () => {
    const call = { targetAgentId: 'fails', interactionType: 'stream', messages };
    expect(await near.failure('agent-proxy', call)).toMatchObject({
      code: 'AGENT_ERROR',
      reached: 'yes',
      message: expect.stringContaining("The agent 'fails' failed: The scripted model fails halfway.") as string,
      responseData: { type: 'partial_stream', text: 'echo from ' },
    });
  });
});

describe('an agent some routers away whose model is of the older kind', () => {
  it.each(['elder', 'as65103:elder', 'history/ancient'])(
    'answers calls of %s, whole and as a stream',
    async (targetAgentId) => {
      const before = server.counts()['elder']?.calls ?? 0;
      const text = 'echo from elder: one two three';
      const call = { targetAgentId, messages };
      expect(await near.call('agent-proxy', call)).toMatchObject({ agentIdUsed: 'elder', responseData: { text } });
      expect(await near.call('agent-proxy', { ...call, interactionType: 'stream' })).toMatchObject({
        responseData: { type: 'collected_stream', text },
      });
      expect(server.counts()['elder']?.calls).toBe(before + 2);
    },
  );

  it('is listed as such, so that Mastra’s own client can choose how to call it', async () => {
    const client = new MastraClient({ baseUrl: near.url, retries: 0 });
    const listed = await client.listAgents();
    expect([listed['elder']?.modelVersion, listed['fails']?.modelVersion]).toEqual(['v1', 'v2']);
    const agent = client.getAgent('elder');
    expect(await agent.details()).toMatchObject({ modelVersion: 'v1' });
    expect(await agent.generateLegacy({ messages: 'hello' })).toMatchObject({ text: 'echo from elder: hello' });
    let heard = '';
    const stream = await agent.streamLegacy({ messages: 'hello' });
    await stream.processDataStream({ onTextPart: (text: string) => void (heard += text) });
    expect(heard).toBe('echo from elder: hello');
  });

  it('refuses the present calls in the words of a Mastra server, and has not run', async () => {
    const before = server.counts()['elder']?.calls ?? 0;
    for (const action of ['generate', 'stream']) {
      const response = await fetch(`${near.url}/api/agents/elder/${action}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ messages }),
      });
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({
        code: 'AGENT_ERROR',
        reached: 'no',
        error: expect.stringContaining(`${action}Legacy()`) as string,
      });
    }
    expect(server.counts()['elder']?.calls ?? 0).toBe(before);
  });
});

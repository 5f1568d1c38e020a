import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort, knows, startTestRouter, type TestRouter } from './network.ts';

const messages = [{ role: 'user', content: 'one two three' }];

let near: TestRouter;
let far: TestRouter;
let server: RunningMastra;

beforeAll(async () => {
  server = await startMastra({ agents: [{ id: 'fails', behaviour: 'fail-midway' }] });
  const [a, b] = [await freePort(), await freePort()];
  [near, far] = await Promise.all([
    startTestRouter({ asn: 65101, port: a, peers: [`65102@http://127.0.0.1:${b}`] }),
    startTestRouter({ asn: 65102, port: b, peers: [`65101@http://127.0.0.1:${a}`], servers: server.url }),
  ]);
  await knows(near, 'fails');
});

afterAll(async () => {
  await Promise.all([near.stop(), far.stop()]);
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

describe('a stream that fails two routers away', () => {
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

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { knows, logged, startTestRouter, type TestRouter } from './test-router.ts';
import { until } from './program.ts';

const HOLD_TIME_SECONDS = 3;
const messages = [{ role: 'user', content: 'one two three' }];

let folder: string;
let server: RunningMastra;
let near: TestRouter;
let middle: TestRouter;
let far: TestRouter;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'silent-'));
  server = await startMastra({
    agents: [
      { id: 'patient', behaviour: 'hang' },
      { id: 'slow', chunkDelayMs: 400 },
    ],
  });
  const [a, b, c] = [await freePort(), await freePort(), await freePort()];
  const peer = (asn: number, port: number, holdTimeSeconds?: number): object => ({
    asn,
    url: `http://127.0.0.1:${port}`,
    ...(holdTimeSeconds !== undefined && { holdTimeSeconds }),
  });
  const start = (asn: number, port: number, peers: readonly object[], servers?: string): Promise<TestRouter> => {
    const file = path.join(folder, `${asn}.json`);
    writeFileSync(file, JSON.stringify({ peers }));
    const env = { AGENT_PROXY_CONFIG: file };
    return startTestRouter({ asn, port, env, ...(servers !== undefined && { servers }) });
  };
  [near, middle, far] = await Promise.all([
    start(65101, a, [peer(65102, b)]),
    start(65102, b, [peer(65101, a), peer(65103, c, HOLD_TIME_SECONDS)]),
    start(65103, c, [peer(65102, b)], server.url),
  ]);
  await Promise.all([knows(near, 'patient'), knows(near, 'slow')]);
});

afterAll(async () => {
  await Promise.all([near.stop(), middle.stop(), far.stop()]);
  await server.stop();
  rmSync(folder, { recursive: true });
});

it('a router that falls silent ends the calls that it had, through all hops (RFC 4271 §6.5)', async () => {
  const before = { ...server.counts()['patient']! };
  const whole = near.failure('agent-proxy', { targetAgentId: 'patient', messages });
  const heard: string[] = [];
  const streamed = near.failure(
    'agent-proxy',
    { targetAgentId: 'slow', interactionType: 'stream', messages },
    { onprogress: ({ message }) => heard.push(message ?? '') },
  );
  await until(() => server.counts()['patient']!.calls > before.calls && heard.join('').startsWith('echo'));
  process.kill(far.pid, 'SIGSTOP');
  try {
    expect(await whole).toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      reached: 'maybe',
      message: expect.stringContaining('as65103') as string,
      attempts: [{ nextHop: middle.url }],
    });
    expect(await streamed).toMatchObject({
      code: 'AGENT_ERROR',
      reached: 'yes',
      responseData: { type: 'partial_stream', text: expect.stringMatching(/^echo /) as string },
    });
  } finally {
    process.kill(far.pid, 'SIGCONT');
  }
  await logged(middle, 'hold-timer-expired');
  await until(() => server.counts()['patient']!.aborted > before.aborted);
});

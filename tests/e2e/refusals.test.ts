import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULTS, startFaulty, type Fault, type FaultyServer } from '../servers/faulty-server.ts';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { reaches, startTestRouter, type TestRouter } from './test-router.ts';
import { until } from './program.ts';

const call = (targetAgentId: string) => ({ targetAgentId, messages: [{ role: 'user', content: 'hello' }] });

/** Routers one after the other: the server is beside the last one. */
let near: TestRouter;
let middle: TestRouter;
let far: TestRouter;
let faulty: FaultyServer;
let mastra: RunningMastra;

beforeAll(async () => {
  [faulty, mastra] = await Promise.all([startFaulty(), startMastra({ agents: [{ id: 'keeper', memory: true }] })]);
  const [a, b, c] = [await freePort(), await freePort(), await freePort()];
  const at = (asn: number, port: number): string => `${asn}@http://127.0.0.1:${port}`;
  [near, middle, far] = await Promise.all([
    startTestRouter({ asn: 65101, port: a, peers: [at(65102, b)] }),
    startTestRouter({ asn: 65102, port: b, peers: [at(65101, a), at(65103, c)] }),
    startTestRouter({ asn: 65103, port: c, peers: [at(65102, b)], servers: `${faulty.url} ${mastra.url}` }),
  ]);
  await Promise.all([near, middle, far].map((router) => reaches(router, ...Object.keys(FAULTS), 'keeper')));
});

afterAll(async () => {
  await Promise.all([near.stop(), middle.stop(), far.stop()]);
  await Promise.all([faulty.stop(), mastra.stop()]);
});

function post(router: TestRouter, agent: string, body: string): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${router.url}/api/agents/${agent}/generate`, { method: 'POST', headers, body });
}

/** The MED of the routes to an agent, at the router beside its server. */
async function med(agent: string): Promise<number | undefined> {
  const { serverAgents } = await far.call<{
    serverAgents: { agents: { id: string; route: { med: number } }[] }[];
  }>('list-agents', {});
  return serverAgents.flatMap(({ agents }) => agents).find(({ id }) => id === agent)?.route.med;
}

describe('what a server refuses', () => {
  it.each<[Fault, string, string]>([
    ['400', 'INVALID_REQUEST', 'maybe'],
    ['401', 'SERVER_UNAVAILABLE', 'maybe'],
    ['403', 'SERVER_UNAVAILABLE', 'maybe'],
    ['404-page', 'SERVER_UNAVAILABLE', 'no'],
    ['429', 'SERVER_UNAVAILABLE', 'maybe'],
    ['500', 'AGENT_ERROR', 'yes'],
    ['503', 'SERVER_UNAVAILABLE', 'maybe'],
  ])('%s is %s, reached: %s, however many routers are on the way', async (agent, code, reached) => {
    for (const router of [far, middle, near]) {
      expect(await router.failure('agent-proxy', call(agent))).toMatchObject({ code, reached });
      const body = await (await post(router, agent, JSON.stringify(call(agent)))).json();
      expect(body).toMatchObject({ code, reached });
    }
  });

  it.each<[Fault, RegExp]>([
    ['400', /The agent does not accept the request \(HTTP 400: Invalid request body; maxSteps: expected number/],
    ['401', /The agent's server rejects the call \(HTTP 401: Invalid or expired token/],
    ['429', /The agent's server is rate limiting calls \(HTTP 429/],
    ['503', /The agent's server cannot serve the call \(HTTP 503\)/],
    ['404-page', /The agent's server does not answer like a Mastra server \(HTTP 404\)/],
  ])('says of %s who refuses, and why, to callers some routers away', async (agent, message) => {
    for (const router of [middle, near]) {
      expect((await router.failure('agent-proxy', call(agent))).message).toMatch(message);
    }
  });

  it('tells the AS, and not the address, of a server that cannot be called to callers in another AS', async () => {
    const failures = await Promise.all(
      [far, middle, near].map((router) => router.failure('agent-proxy', call('reset'))),
    );
    const [beside, ...away] = failures.map(({ message }) => message);
    expect(beside).toContain(`${faulty.url} broke the connection`);
    for (const message of away) {
      expect(message).toContain("AS 65103's next hop broke the connection");
      expect(message).not.toContain(String(faulty.port));
    }
  });

  it('says once that the agent may have acted, where nobody knows, however many routers are on the way', async () => {
    for (const router of [far, middle, near]) {
      const { error } = (await (await post(router, 'see-other', '{}')).json()) as { error: string };
      for (const message of [error, (await router.failure('agent-proxy', call('see-other'))).message]) {
        expect(message.match(/The agent may have acted: check before you retry/g)).toHaveLength(1);
      }
    }
  });

  it('a thread without its owner is INVALID_REQUEST here and there', async () => {
    for (const router of [far, middle, near]) {
      const failure = await router.failure('agent-proxy', { ...call('keeper'), threadId: 'mine' });
      expect(failure).toMatchObject({ code: 'INVALID_REQUEST', reached: 'maybe' });
    }
    expect(mastra.counts()['keeper']?.calls ?? 0).toBe(0);
  });
});

it('a caller whose requests are bad does not spoil the health of the server, one whose agent fails does', async () => {
  for (let times = 0; times < 20; times++) {
    const router = times % 2 === 0 ? far : near;
    expect((await post(router, 'keeper', 'xx')).status).toBe(400);
    expect((await post(router, '401', '{}')).ok).toBe(false);
  }
  await post(far, '500', '{}');
  await until(async () => ((await med('500')) ?? 0) > 0);
  expect(await Promise.all([med('keeper'), med('401')])).toEqual([0, 0]);
});

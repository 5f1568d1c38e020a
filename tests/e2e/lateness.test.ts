import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCanned, type CannedServer } from '../servers/canned-server.ts';
import { startFaulty } from '../servers/faulty-server.ts';
import { startProgram, until } from './program.ts';

/** A server that answers the question for its agents only when it is told to. */
interface LateServer {
  readonly url: string;
  /** How often it was asked. */
  readonly asked: () => number;
  readonly answer: (...agents: readonly string[]) => void;
  readonly stop: () => void;
}

async function startLate(): Promise<LateServer> {
  let asked = 0;
  let waiting: ServerResponse[] = [];
  const server: Server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    if (request.url?.startsWith('/api/agents/') === true) {
      response.end('{"text":"late but fine","finishReason":"stop"}');
      return;
    }
    asked += 1;
    waiting.push(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    answer: (...agents) => {
      const listed = agents.map((id) => [id, { id, name: id, tools: {}, modelVersion: 'v2' }]);
      for (const response of waiting) response.end(JSON.stringify(Object.fromEntries(listed)));
      waiting = [];
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const call = (targetAgentId: string) => ({ targetAgentId, messages: [{ role: 'user', content: 'hello' }] });

let late: LateServer;
let quick: CannedServer;

beforeEach(async () => {
  [late, quick] = await Promise.all([startLate(), startCanned()]);
});

afterEach(async () => {
  late.stop();
  await quick.stop();
});

describe('before discovery has finished', () => {
  it('a call of a known agent goes at once, although another server has not answered', async () => {
    const program = await startProgram({ MASTRA_SERVERS: `${late.url} ${quick.url}` });
    const started = performance.now();
    expect(await program.call('agent-proxy', call('canned'))).toMatchObject({ serverUsed: quick.url });
    expect(performance.now() - started).toBeLessThan(3_000);
    await program.stop();
  });

  it('a call of an unknown agent waits, and goes as soon as its server has answered', async () => {
    const program = await startProgram({ MASTRA_SERVERS: `${late.url} ${quick.url}` });
    const outcome = program.call('agent-proxy', call('late'));
    await until(() => late.asked() === 1);
    late.answer('late');
    expect(await outcome).toMatchObject({ serverUsed: late.url, responseData: { text: 'late but fine' } });
    await program.stop();
  });

  it('a call of an unknown agent on a server that has answered does not wait for the others', async () => {
    const program = await startProgram({ MASTRA_SERVERS: `${late.url} ${quick.url}` });
    const started = performance.now();
    expect(await program.failure('agent-proxy', call('server1:late'))).toMatchObject({ code: 'AGENT_NOT_FOUND' });
    expect(performance.now() - started).toBeLessThan(3_000);
    await program.stop();
  });

  it('nobody waits for more than five seconds', async () => {
    const hanging = await startFaulty('hang');
    const program = await startProgram({ MASTRA_SERVERS: `${hanging.url} ${quick.url}` });
    const started = performance.now();
    const [failure, listing] = await Promise.all([
      program.failure('agent-proxy', call('nobody')),
      program.call('list-agents', {}),
    ]);
    const waited = performance.now() - started;
    expect(failure).toMatchObject({ code: 'AGENT_NOT_FOUND', message: expect.stringContaining('server0') as string });
    expect(listing).toMatchObject({
      serverAgents: [
        {
          serverName: 'server0',
          status: 'error',
          error: expect.stringContaining('not answered') as string,
          agents: [],
        },
        { serverName: 'server1', status: 'online', agents: [{ id: 'canned' }] },
      ],
      summary: { totalServers: 2, onlineServers: 1 },
    });
    expect(waited).toBeGreaterThan(4_000);
    expect(waited).toBeLessThan(7_000);
    await Promise.all([program.stop(), hanging.stop()]);
  });

  it('the first configured of two equal servers is the best, whichever answered first', async () => {
    const other = await startLate();
    const program = await startProgram({ MASTRA_SERVERS: `${late.url} ${other.url}` });
    await until(() => late.asked() === 1 && other.asked() === 1);
    other.answer('late');
    expect(await program.call('agent-proxy', call('late'))).toMatchObject({ serverUsed: other.url });
    late.answer('late');
    await program.call('list-agents', { server: 'server0' });
    expect(await program.call('agent-proxy', call('late'))).toMatchObject({ serverUsed: late.url });
    await program.stop();
    other.stop();
  });

  it('only a refresh asks a server again, and brings in what was added', async () => {
    const program = await startProgram({ MASTRA_SERVERS: late.url });
    await until(() => late.asked() === 1);
    late.answer('late');
    await program.call('list-agents', {});
    expect(await program.call('list-agents', {})).toMatchObject({ summary: { totalAgents: 1 } });
    expect(late.asked()).toBe(1);
    const refreshed = program.call('list-agents', { refresh: true });
    await until(() => late.asked() === 2);
    late.answer('late', 'added');
    expect(await refreshed).toMatchObject({ serverAgents: [{ agents: [{ id: 'late' }, { id: 'added' }] }] });
    expect(await program.call('agent-proxy', call('added'))).toMatchObject({ agentIdUsed: 'added' });
    await program.stop();
  });
});

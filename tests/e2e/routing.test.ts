import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCanned, type CannedServer } from '../servers/canned-server.ts';
import { freePort } from '../servers/free-port.ts';
import { startProgram, until } from './program.ts';

const call = { targetAgentId: 'canned', messages: [{ role: 'user', content: 'hello' }] };

let folder: string;
let one: CannedServer;
let two: CannedServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'routing-'));
  [one, two] = await Promise.all([startCanned(), startCanned()]);
});

afterAll(async () => {
  await Promise.all([one.stop(), two.stop()]);
  rmSync(folder, { recursive: true });
});

function file(name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe('a routing policy', () => {
  it('leaves no way to a denied agent, and keeps it out of the list', async () => {
    const program = await startProgram({
      MASTRA_SERVERS: `${one.url} ${two.url}`,
      AGENT_ROUTING_POLICY: file('deny.json', {
        import: [{ name: 'nothing-canned', match: { agentPrefixes: ['canned'] }, action: { action: 'reject' } }],
      }),
    });
    for (const way of [
      {},
      { targetAgentId: 'server0:canned' },
      { targetAgentId: 'as65002:canned' },
      { serverUrl: one.url },
    ]) {
      expect(await program.failure('agent-proxy', { ...call, ...way })).toMatchObject({
        code: 'DENIED_BY_POLICY',
        place: 'import[0]',
        message: expect.stringContaining('import[0] (nothing-canned)') as string,
      });
    }
    expect(await program.call('list-agents', {})).toMatchObject({ summary: { onlineServers: 2, totalAgents: 0 } });
    await program.stop();
  });

  it('decides which of two servers is best', async () => {
    const program = await startProgram({
      MASTRA_SERVERS: `${one.url} ${two.url}`,
      AGENT_ROUTING_POLICY: file('prefer.json', {
        import: [
          { match: { communities: ['server:server1'] }, action: { action: 'modify', setLocalPref: 200, setMED: 0 } },
        ],
      }),
    });
    await program.call('list-agents', {});
    expect(await program.call('agent-proxy', call)).toMatchObject({
      serverUsed: two.url,
      routeMetrics: { localPref: 200, med: 0 },
    });
    await program.stop();
  });
});

it('a config file names servers, capabilities and what serverUrl may be', async () => {
  const program = await startProgram({
    AGENT_PROXY_CONFIG: file('config.json', {
      servers: [{ name: 'only', url: one.url, asn: 64999, capabilities: ['chat/short'], communities: ['test'] }],
      allowServerUrls: [two.url],
    }),
  });
  expect(await program.call('agent-proxy', { ...call, targetAgentId: 'chat/short' })).toMatchObject({
    fullyQualifiedId: 'only:canned',
    resolutionMethod: 'capability_match',
    routeMetrics: {
      asPath: [64999],
      communities: expect.arrayContaining(['as:64999', 'capability:chat/short', 'server:only', 'test']) as string[],
    },
  });
  expect(await program.call('agent-proxy', { ...call, serverUrl: two.url })).toMatchObject({
    serverUsed: two.url,
    fullyQualifiedId: 'canned',
    resolutionMethod: 'explicit_url_override',
  });
  await program.stop();
});

describe('when the best server goes away', () => {
  it('the call goes on to the next copy, and only there', async () => {
    const first = await startCanned();
    const program = await startProgram({ MASTRA_SERVERS: `${first.url} ${two.url}` });
    await program.call('list-agents', {});
    await first.stop();
    expect(await program.call('agent-proxy', call)).toMatchObject({
      serverUsed: two.url,
      attempts: [
        { nextHop: first.url, outcome: 'SERVER_UNAVAILABLE' },
        { nextHop: two.url, outcome: 'ok' },
      ],
    });
    expect(await program.failure('agent-proxy', { ...call, targetAgentId: 'server0:canned' })).toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
    await program.stop();
  });

  it('the first call that it refuses takes its agents off the list', async () => {
    const first = await startCanned();
    const program = await startProgram({ MASTRA_SERVERS: `${first.url} ${two.url}` });
    expect(await program.call('list-agents', {})).toMatchObject({ summary: { onlineServers: 2, totalAgents: 2 } });
    await first.stop();
    await program.call('agent-proxy', call);
    const listed = () => program.call<{ summary: object }>('list-agents', {});
    await until(async () => JSON.stringify((await listed()).summary).includes('"onlineServers":1,"totalAgents":1'));
    await program.stop();
  });

  it('its agents leave the list, and come back with it', async () => {
    const first = await startCanned(await freePort());
    const program = await startProgram({ MASTRA_SERVERS: first.url });
    const agents = async (): Promise<number> => {
      const { summary } = await program.call<{ summary: { totalAgents: number } }>('list-agents', { refresh: true });
      return summary.totalAgents;
    };
    expect(await agents()).toBe(1);
    await first.stop();
    await until(async () => (await agents()) === 0);
    const again = await startCanned(Number(new URL(first.url).port));
    await until(async () => (await agents()) === 1);
    await Promise.all([program.stop(), again.stop()]);
  });
});

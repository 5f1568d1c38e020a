import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { spawnMastra, type MastraProcess } from '../servers/mastra-process.ts';
import { freePort } from '../servers/free-port.ts';
import { startTestRouter } from './test-router.ts';
import { startProgram, until, type Program } from './program.ts';

const AGENT = 'agent';
const call = { targetAgentId: AGENT, messages: [{ role: 'user', content: 'hello' }] };
const harmless = { ...call, retry: 'always' };

/** So many that it is known how long they take. */
const ENOUGH = 20;

let folder: string;
let first: MastraProcess;
let second: MastraProcess;
let running: { readonly stop: () => Promise<void> }[];

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'hedging-'));
  running = [];
  [first, second] = await Promise.all([
    spawnMastra({ agents: [{ id: AGENT }] }),
    spawnMastra({ agents: [{ id: AGENT }] }),
  ]);
});

afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await Promise.all([first.kill(), second.kill()]);
  rmSync(folder, { recursive: true });
});

async function started<T extends { readonly stop: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
  const one = await starting;
  running.push(one);
  return one;
}

function configFile(config: object): string {
  const file = path.join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** A router that knows both servers and prefers the first. */
async function startRouter(calls: object): Promise<Program> {
  const servers = [{ url: first.url, localPref: 200 }, { url: second.url }];
  const program = await started(startProgram({ AGENT_PROXY_CONFIG: configFile({ servers, calls }) }));
  await program.call('list-agents', {});
  return program;
}

async function callOften(program: Program): Promise<void> {
  for (let times = 0; times < ENOUGH; times += 1) await program.call('agent-proxy', call);
}

const hang = (server: MastraProcess): Promise<void> => server.setAgents([{ id: AGENT, behaviour: 'hang' }]);
const runs = async (server: MastraProcess) => (await server.counts())[AGENT];

describe('an agent that suddenly hangs, beside another copy of it', () => {
  it('is overtaken by the other copy in calls that may run twice, and its run is ended', async () => {
    const program = await startRouter({ hedge: true });
    await callOften(program);
    expect([await runs(first), await runs(second)]).toMatchObject([{ calls: ENOUGH }, { calls: 0 }]);
    await hang(first);
    const answer = await program.call('agent-proxy', harmless);
    expect(answer).toMatchObject({
      serverUsed: second.url,
      attempts: [
        { nextHop: first.url, outcome: 'overtaken' },
        { nextHop: second.url, outcome: 'ok' },
      ],
    });
    await until(async () => (await runs(first))?.aborted === 1);
    expect([await runs(first), await runs(second)]).toMatchObject([{ calls: ENOUGH + 1 }, { calls: 1, aborted: 0 }]);
  });

  it.each([
    { why: 'they may not run twice', calls: { hedge: true }, request: call, outcomes: ['TIMEOUT'] },
    { why: 'it is not turned on', calls: {}, request: harmless, outcomes: ['TIMEOUT', 'ok'] },
    {
      why: 'they stream',
      calls: { hedge: true },
      request: { ...harmless, interactionType: 'stream' },
      outcomes: ['TIMEOUT', 'ok'],
    },
  ])('has its calls for itself while there is time where $why', async ({ calls, request, outcomes }) => {
    const program = await startRouter(calls);
    await callOften(program);
    await hang(first);
    const result = await program.client.callTool({ name: 'agent-proxy', arguments: { ...request, timeoutMs: 2_000 } });
    const [item] = result.content as { text: string }[];
    const { attempts } = JSON.parse(item!.text) as { attempts: { outcome: string }[] };
    expect(attempts.map(({ outcome }) => outcome)).toEqual(outcomes);
    expect(await runs(second)).toMatchObject({ calls: outcomes.length - 1 });
  });
});

it('across routers the second copy is asked by the router where the call begins, and the first is ended through the other', async () => {
  const ports = [await freePort(), await freePort(), await freePort()];
  const peer = (index: number): string => `${65_101 + index}@http://127.0.0.1:${ports[index]}`;
  const [near] = await Promise.all([
    started(
      startTestRouter({
        asn: 65_101,
        port: ports[0]!,
        peers: [peer(1), peer(2)],
        env: {
          AGENT_PROXY_CONFIG: configFile({
            servers: [],
            calls: { hedge: true },
            policy: {
              groups: [[65_102, 65_103]],
              import: [{ match: { peers: [65_102] }, action: { action: 'modify', setLocalPref: 200 } }],
            },
          }),
        },
      }),
    ),
    started(startTestRouter({ asn: 65_102, port: ports[1]!, peers: [peer(0)], servers: first.url })),
    started(startTestRouter({ asn: 65_103, port: ports[2]!, peers: [peer(0)], servers: second.url })),
  ]);
  await until(async () => (await near.agents())[AGENT]?.[0] === 65_102);
  await callOften(near);
  await hang(first);
  expect(await near.call('agent-proxy', harmless)).toMatchObject({
    routeMetrics: { asPath: [65_103] },
    attempts: [{ outcome: 'overtaken' }, { outcome: 'ok' }],
  });
  await until(async () => (await runs(first))?.aborted === 1);
  expect([await runs(first), await runs(second)]).toMatchObject([{ calls: ENOUGH + 1 }, { calls: 1, aborted: 0 }]);
});

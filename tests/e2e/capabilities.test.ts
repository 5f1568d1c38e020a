import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { reaches, startTestRouter, type TestRouter } from './test-router.ts';

interface Answer {
  readonly agentIdUsed: string;
  readonly fullyQualifiedId: string;
  readonly responseData: { readonly text: string };
  readonly match?: { readonly capability: string; readonly candidates: number; readonly decidedBy: string };
}

const messages = [{ role: 'user', content: 'hello' }];

/** The way between two organisations that have the same capabilities leads through a third one. */
describe('a capability that several organisations have', () => {
  let folder: string;
  let servers: RunningMastra[];
  let asking: TestRouter;
  let middle: TestRouter;
  let makers: TestRouter;

  const say = (targetAgentId: string, more: object = {}) =>
    asking.call<Answer>('agent-proxy', { targetAgentId, messages, ...more });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'capabilities-'));
    const capabilities = ['coding/typescript'];
    servers = await Promise.all([
      startMastra({ agents: [{ id: 'east-maker', capabilities }] }),
      startMastra({ agents: [{ id: 'west-maker', capabilities }] }),
      startMastra({ agents: [{ id: 'jack', capabilities: ['coding'] }] }),
    ]);
    const [east, west, jack] = servers.map(({ url }) => url);
    const file = join(folder, 'makers.json');
    const regions = [
      { url: east, region: 'east' },
      { url: west, region: 'west' },
    ];
    writeFileSync(file, JSON.stringify({ servers: regions, balancing: { method: 'round-robin' } }));
    const [first, second, third] = [await freePort(), await freePort(), await freePort()];
    const at = (asn: number, port: number) => `${asn}@http://127.0.0.1:${port}`;
    [asking, middle, makers] = await Promise.all([
      startTestRouter({ asn: 65101, port: first, peers: [at(65102, second)] }),
      startTestRouter({ asn: 65102, port: second, peers: [at(65101, first), at(65103, third)], servers: jack! }),
      startTestRouter({
        asn: 65103,
        port: third,
        peers: [at(65102, second)],
        env: { AGENT_PROXY_CONFIG: file, MASTRA_SERVERS: '' },
      }),
    ]);
    await reaches(asking, 'east-maker', 'west-maker', 'jack', 'coding', 'coding/typescript');
  });

  afterAll(async () => {
    await Promise.all([asking.stop(), middle.stop(), makers.stop()]);
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  });

  it('is called where it is named most exactly, however far that is', async () => {
    expect(await say('coding/typescript/react')).toMatchObject({
      match: { capability: 'coding/typescript', candidates: 1, decidedBy: 'only-candidate' },
    });
    expect(await say('coding/rust')).toMatchObject({ agentIdUsed: 'jack', match: { capability: 'coding' } });
  });

  it.each(['generate', 'stream'])('names the agent that took the call, two organisations away (%s)', async (how) => {
    const { agentIdUsed, fullyQualifiedId, responseData } = await say('coding/typescript', { interactionType: how });
    expect(responseData.text).toBe(`echo from ${agentIdUsed}: hello`);
    expect(['as65103:east-maker', 'as65103:west-maker']).toContain(fullyQualifiedId);
    expect(await say(fullyQualifiedId)).toMatchObject({ agentIdUsed });
  });

  it('keeps the constraints of the caller at every router on the way', async () => {
    const taken = new Set<string>();
    for (let call = 0; call < 4; call += 1) taken.add((await say('coding/typescript')).agentIdUsed);
    expect(taken).toEqual(new Set(['east-maker', 'west-maker']));
    taken.clear();
    for (let call = 0; call < 4; call += 1) {
      taken.add((await say('coding/typescript', { constraints: { region: 'east' } })).agentIdUsed);
    }
    expect(taken).toEqual(new Set(['east-maker']));
    const far = { targetAgentId: 'coding/typescript', messages, constraints: { region: 'moon' } };
    expect(await asking.failure('agent-proxy', far)).toMatchObject({
      code: 'AGENT_NOT_FOUND',
      message: expect.stringContaining('region moon') as string,
    });
  });

  it('takes constraints of any Mastra client in the header that routers use', async () => {
    const ask = (constraints: string) =>
      fetch(`${makers.url}/api/agents/~coding%2Ftypescript/generate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'agent-bgp-constraints': constraints },
        body: JSON.stringify({ messages }),
      });
    const west = await ask('region=west');
    expect(await west.json()).toMatchObject({ text: 'echo from west-maker: hello' });
    expect(west.headers.get('agent-bgp-agent')).toBe('65103/west-maker');
    expect((await ask('colour=red')).status).toBe(400);
    expect((await ask('region=moon')).status).toBe(404);
  });
});

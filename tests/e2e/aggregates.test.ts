import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { reaches, startTestRouter, type TestRouter } from './test-router.ts';
import { until } from './program.ts';

const ASKING = 65101;
const MAKERS = 65102;
const FAR = 65103;

const messages = [{ role: 'user', content: 'hello' }];

interface ShownRoute {
  readonly agentId: string;
  readonly asPath: readonly number[];
}

/** A router that makes aggregates stands between one that asks and one that has agents, too. */
describe('an aggregate', () => {
  let folder: string;
  let servers: RunningMastra[];
  let asking: TestRouter;
  let makers: TestRouter;
  let far: TestRouter;
  const started: TestRouter[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aggregates-'));
    servers = await Promise.all([
      startMastra({
        agents: [
          { id: 'tess', capabilities: ['coding/typescript', 'testing'] },
          { id: 'pia', capabilities: ['coding/python'] },
        ],
      }),
      startMastra({
        agents: [
          { id: 'rusty', capabilities: ['coding/rust'] },
          { id: 'lex', capabilities: ['law/tax'] },
        ],
      }),
    ]);
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((router) => router.stop()));
  });

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  });

  async function start(summaryOnly: boolean, policies: { readonly asking?: object; readonly makers?: object } = {}) {
    const [first, second, third] = [await freePort(), await freePort(), await freePort()];
    const at = (asn: number, port: number) => `${asn}@http://127.0.0.1:${port}`;
    const configured = (name: string, config: object) => {
      const file = join(folder, `${name}.json`);
      writeFileSync(file, JSON.stringify(config));
      return { AGENT_PROXY_CONFIG: file };
    };
    const aggregates = [{ capability: 'coding/*', summaryOnly }, { capability: 'law', summaryOnly }, 'empty'];
    const [local, remote] = servers.map(({ url }) => url);
    [asking, makers, far] = await Promise.all([
      startTestRouter({
        asn: ASKING,
        port: first,
        peers: [at(MAKERS, second)],
        env: configured('asking', { policy: policies.asking ?? { import: [] } }),
      }),
      startTestRouter({
        asn: MAKERS,
        port: second,
        peers: [at(ASKING, first), at(FAR, third)],
        servers: local!,
        env: configured('makers', { aggregates, policy: policies.makers ?? { import: [] } }),
      }),
      startTestRouter({ asn: FAR, port: third, peers: [at(MAKERS, second)], servers: remote! }),
    ]);
    started.push(asking, makers, far);
    await reaches(asking, 'tess', 'pia', 'rusty', 'lex');
  }

  const say = (targetAgentId: string, more: object = {}) =>
    asking.call('agent-proxy', { targetAgentId, messages, ...more });
  const fail = (targetAgentId: string) => asking.failure('agent-proxy', { targetAgentId, messages });

  async function capabilities(router: TestRouter): Promise<Record<string, ShownRoute>> {
    const answer = await fetch(`${router.url}/bgp/routes?family=capability`);
    return Object.fromEntries(((await answer.json()) as ShownRoute[]).map((route) => [route.agentId, route]));
  }

  /** Resolves when a router has routes to these capabilities and no others. */
  const has = (router: TestRouter, ...names: readonly string[]) =>
    until(
      async () =>
        Object.keys(await capabilities(router))
          .sort()
          .join() === names.join(),
    );

  it('stands in place of its parts, and takes calls to whoever covers what is wanted', async () => {
    await start(true);
    await has(asking, 'coding', 'law', 'testing');
    const { coding } = await capabilities(asking);
    expect(coding).toMatchObject({ asPath: [MAKERS, FAR], asSets: true });
    expect(await say('coding/typescript')).toMatchObject({ agentIdUsed: 'tess', match: { capability: 'coding' } });
    expect(await say('coding/python/django')).toMatchObject({ fullyQualifiedId: `as${MAKERS}:pia` });
    expect(await say('coding/rust')).toMatchObject({ fullyQualifiedId: `as${FAR}:rusty` });
    const requiredCapabilities = ['coding/typescript'];
    expect(await say('coding/typescript', { requiredCapabilities })).toMatchObject({ agentIdUsed: 'tess' });
    expect(await fail('coding/cobol')).toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it('ends with its last part, and has the ASes of those that are left', async () => {
    await start(true);
    await has(asking, 'coding', 'law', 'testing');
    started.splice(started.indexOf(far), 1);
    await far.stop();
    await has(asking, 'coding', 'testing');
    await until(async () => (await capabilities(asking))['coding']?.asPath.length === 1);
    expect(await fail('coding/rust')).toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it('gives the parts to the peer that has one of them, which could not take it', async () => {
    await start(true);
    await has(far, 'coding/python', 'coding/rust', 'coding/typescript', 'law/tax', 'testing');
    const reply = await far.call('agent-proxy', { targetAgentId: 'coding/python', messages });
    expect(reply).toMatchObject({ agentIdUsed: 'pia' });
  });

  it('stands besides its parts where nothing else is said', async () => {
    await start(false);
    const parts = ['coding/python', 'coding/rust', 'coding/typescript'];
    await has(asking, 'coding', ...parts, 'law', 'law/tax', 'testing');
    expect(await say('coding/python')).toMatchObject({ agentIdUsed: 'pia', match: { capability: 'coding/python' } });
    expect(await fail('coding/cobol')).toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it('leads to no part that its router may not tell the caller of', async () => {
    const isPython = { capabilities: ['coding/python'], families: ['capability'] };
    await start(true, { makers: { export: [{ match: isPython, action: { action: 'reject' } }] } });
    await has(asking, 'coding', 'law', 'testing');
    expect(await say('coding/typescript')).toMatchObject({ agentIdUsed: 'tess' });
    expect(await fail('coding/python')).toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });

  it('is no way around a policy against one of its parts', async () => {
    const isPython = { capabilities: ['coding/python'], families: ['capability'] };
    await start(true, { asking: { import: [{ match: isPython, action: { action: 'reject' } }] } });
    await has(asking, 'coding', 'law', 'testing');
    expect(await say('coding/typescript')).toMatchObject({ agentIdUsed: 'tess' });
    expect(await fail('coding/python')).toMatchObject({ code: 'DENIED_BY_POLICY', place: 'import[0]' });
  });

  it('is refused by a policy against what it stands for', async () => {
    const codes = { capabilities: ['coding'], families: ['capability'] };
    await start(true, { asking: { import: [{ match: codes, action: { action: 'reject' } }] } });
    await has(asking, 'law');
    expect(await fail('coding/python')).toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { credentials } from '../../../src/control-plane/peering/sessions.ts';
import { startMastra, type RunningMastra, type ScriptedAgent } from '../../servers/mastra-server.ts';
import { startRawFront, type RawFront } from '../../servers/raw-front.ts';
import { RawPeer } from '../../servers/raw-peer.ts';
import { freePort } from '../../servers/free-port.ts';
import { reaches, said, startTestRouter, type TestRouter } from '../test-router.ts';
import { until } from '../program.ts';

const NEAR = 65_101;
const MIDDLE = 65_102;
const MAKER = 65_103;
const GUEST = 65_100;

const messages = [{ role: 'user', content: 'hello' }];
const reject = (match: object) => ({ match, action: { action: 'reject' } });

const PAYROLL: ScriptedAgent = {
  id: 'payroll',
  capabilities: ['finance/payroll', 'salaries'],
  communities: ['secret'],
};
const BOOKKEEPER: ScriptedAgent = { id: 'bookkeeper', capabilities: ['finance/payroll'] };

interface Answer {
  readonly agentIdUsed: string;
  readonly fullyQualifiedId: string;
  readonly responseData: { readonly text: string };
}

let folder: string;
let denied: RunningMastra;
let accepted: RunningMastra;
let stores: RunningMastra;
let near: TestRouter;
let middle: TestRouter;
let maker: TestRouter;
let strict: TestRouter;
let guest: RawPeer;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'policy-'));
  [denied, accepted, stores] = await Promise.all([
    startMastra({ agents: [PAYROLL] }),
    startMastra({ agents: [BOOKKEEPER] }),
    startMastra({
      agents: [
        { id: 'vault', capabilities: ['safes', 'safes/inner'], communities: ['no-export', 'vault-only'] },
        { id: 'porter', capabilities: ['safes'], communities: ['porter-only'] },
      ],
    }),
  ]);
  const ports = [await freePort(), await freePort(), await freePort(), await freePort()];
  const at = (asn: number, port: number) => `${asn}@http://127.0.0.1:${ports[port]}`;
  const configured = (name: string, config: object) => {
    const file = path.join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(config));
    return { AGENT_PROXY_CONFIG: file };
  };
  const byId = { agentPrefixes: ['payroll'] };
  const isBookkeeping = { match: { agentPrefixes: ['bookkeeper'] }, action: { action: 'accept' } };
  const isCapability = { match: { families: ['capability'] }, action: { action: 'accept' } };
  [near, middle, maker, strict] = await Promise.all([
    startTestRouter({
      asn: NEAR,
      port: ports[0]!,
      peers: [at(MIDDLE, 1)],
      env: configured('near', { calls: { hedge: true }, policy: { import: [reject(byId)] } }),
    }),
    startTestRouter({
      asn: MIDDLE,
      port: ports[1]!,
      servers: stores.url,
      env: configured('middle', {
        peers: [
          { asn: NEAR, url: `http://127.0.0.1:${ports[0]}` },
          { asn: MAKER, url: `http://127.0.0.1:${ports[2]}` },
          { asn: GUEST, url: 'http://127.0.0.1:9', passive: true },
        ],
        policy: { export: [reject({ ...byId, peers: [GUEST] })] },
      }),
    }),
    startTestRouter({
      asn: MAKER,
      port: ports[2]!,
      peers: [at(MIDDLE, 1), at(65_104, 3)],
      servers: `${denied.url} ${accepted.url}`,
    }),
    startTestRouter({
      asn: 65_104,
      port: ports[3]!,
      peers: [at(MAKER, 2)],
      env: configured('strict', { policy: { import: [isCapability, isBookkeeping], default: { import: 'reject' } } }),
    }),
  ]);
  await reaches(near, 'bookkeeper', 'finance/payroll', 'salaries', 'porter', 'safes');
  await reaches(strict, 'bookkeeper', 'finance/payroll', 'salaries');
  guest = await RawPeer.dial(middle.url, { asn: GUEST });
  await until(() => 'bookkeeper' in told(guest) && '~finance/payroll' in told(guest) && '~safes' in told(guest));
});

afterEach(() => {
  expect(denied.counts()).toEqual({ payroll: { calls: 0, aborted: 0 } });
  expect(stores.counts()['vault']).toEqual({ calls: 0, aborted: 0 });
});

afterAll(async () => {
  await guest.close();
  await Promise.all([near, middle, maker, strict].map((router) => router.stop()));
  await Promise.all([denied, accepted, stores].map((server) => server.stop()));
  rmSync(folder, { recursive: true });
});

/** What a guest must never hear; a proof of end has a field of that name. */
const HIDDEN = /"payroll"|salaries|"secret"[^:]|vault|inner/;

/** What a peer has been told, and not told the end of. */
function told({ heard }: RawPeer): Record<string, { readonly communities?: readonly string[] }> {
  const known = new Map<string, object>();
  for (const message of heard) {
    if (message.type !== 'update') continue;
    for (const nlri of message.withdrawn ?? []) known.delete(nlri);
    for (const { nlri } of message.reach ?? []) known.set(nlri, message.attributes ?? {});
  }
  return Object.fromEntries(known);
}

async function asGuest(name: string, action = 'generate', headers: Record<string, string> = {}) {
  const response = await fetch(`${middle.url}/api/agents/${encodeURIComponent(name)}/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(await credentials(guest.session)), ...headers },
    body: JSON.stringify({ messages }),
  });
  return { status: response.status, text: await response.text() };
}

const say = (targetAgentId: string, more: object = {}) =>
  near.call<Answer>('agent-proxy', { targetAgentId, messages, ...more });
const fail = (targetAgentId: string, more: object = {}, router = near) =>
  router.failure('agent-proxy', { targetAgentId, messages, ...more });

const WAYS: readonly [string, object][] = [
  ['plainly', {}],
  ['as a stream', { interactionType: 'stream' }],
  ['with required capabilities', { requiredCapabilities: ['salaries'] }],
  ['as often as need be', { retry: 'always' }],
];

describe('an agent behind two routers that import policy denies by its id', () => {
  it.each(WAYS)('is not called by a capability that only it has, asked for %s', async (_, more) => {
    const denial = { code: 'DENIED_BY_POLICY', place: 'import[0]' };
    expect(await fail('salaries', more)).toMatchObject(denial);
    expect(await fail('salaries/monthly', more)).toMatchObject(denial);
    expect(await fail('salaries', { ...more, serverUrl: middle.url })).toMatchObject(denial);
    expect(await fail('as65103:salaries', more)).toMatchObject(denial);
    expect(await fail('as65103:payroll', more)).toMatchObject(denial);
  });

  it.each(WAYS.filter(([, more]) => !('requiredCapabilities' in more)))(
    'is not called by a capability that another one has too, asked for %s',
    async (_, more) => {
      for (const name of ['finance/payroll', 'finance/payroll/monthly', 'finance/payroll/*']) {
        const { agentIdUsed, fullyQualifiedId, responseData } = await say(name, more);
        expect([agentIdUsed, fullyQualifiedId]).toEqual(['bookkeeper', 'as65103:bookkeeper']);
        expect(responseData.text).toBe('echo from bookkeeper: hello');
      }
      const requiring = async (path: string) =>
        (await fail('finance/payroll', { ...more, requiredCapabilities: [path] })).code;
      expect(await requiring('salaries')).toBe('DENIED_BY_POLICY');
      expect(await requiring('cooking')).toBe('AGENT_NOT_FOUND');
    },
  );

  it('is not called by any client of the router that denies it', async () => {
    const post = async (name: string, action: string) => {
      const url = `${near.url}/api/agents/${encodeURIComponent(name)}/${action}`;
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ messages }) });
      return `${response.status} ${await response.text()}`;
    };
    for (const action of ['generate', 'stream', 'trace']) {
      for (const name of ['payroll', 'salaries', '~salaries', '~salaries/monthly']) {
        expect(await post(name, action)).toMatch(/^40[34] /);
      }
    }
    expect(await post('~finance/payroll', 'generate')).toContain('echo from bookkeeper');
  });

  it('is not called where policy accepts only what it names', async () => {
    const call = { targetAgentId: 'finance/payroll', messages };
    expect(await strict.call('agent-proxy', call)).toMatchObject({ agentIdUsed: 'bookkeeper' });
    expect(await fail('salaries', {}, strict)).toMatchObject({ code: 'DENIED_BY_POLICY', place: 'import.default' });
    expect(await fail('as65103:salaries', {}, strict)).toMatchObject({ code: 'DENIED_BY_POLICY' });
  });
});

describe('an agent that a router in the middle hides from a peer', () => {
  it('shows in nothing that the peer is told', () => {
    expect(Object.keys(told(guest)).sort()).toEqual(['bookkeeper', 'porter', '~finance/payroll', '~safes']);
    expect(JSON.stringify(guest.heard)).not.toMatch(HIDDEN);
    expect(told(guest)['~safes']?.communities).toContain('porter-only');
  });

  it.each(['generate', 'stream', 'trace'])('is not called by the peer (%s)', async (action) => {
    const hidden = ['payroll', '~salaries', '~salaries/monthly', 'salaries', 'vault', '~safes/inner/most'];
    for (const name of hidden) expect((await asGuest(name, action)).status).toBe(404);
    for (const required of ['salaries', 'finance%2Fpayroll,salaries', 'safes%2Finner']) {
      const headers = { 'agent-bgp-requires': required };
      for (const name of ['~finance/payroll', '~safes', 'bookkeeper', 'porter']) {
        expect((await asGuest(name, action, headers)).status).toBe(404);
      }
    }
  });

  it('leaves those beside it to the peer', async () => {
    for (const action of ['generate', 'stream']) {
      expect((await asGuest('~finance/payroll', action)).text).toContain('bookkeeper');
      expect((await asGuest('~safes', action)).text).toContain('porter');
    }
    expect((await asGuest('~finance/payroll', 'trace')).status).toBe(200);
  });

  it('takes its capability along when those beside it go, and not when it goes itself', async () => {
    const setAgents = async (server: RunningMastra, agents: readonly ScriptedAgent[]) => {
      await fetch(`${server.url}/agents`, { method: 'PUT', body: JSON.stringify(agents) });
      await maker.call('list-agents', { refresh: true });
    };
    await setAgents(accepted, []);
    await until(() => !('~finance/payroll' in told(guest)));
    expect((await asGuest('~finance/payroll')).status).toBe(404);
    expect(await fail('finance/payroll')).toMatchObject({ code: 'DENIED_BY_POLICY' });
    await setAgents(accepted, [{ ...BOOKKEEPER, communities: ['newer'] }]);
    await until(() => told(guest)['~finance/payroll']?.communities?.includes('newer') === true);
    await setAgents(denied, []);
    await until(async () => (await fail('salaries')).code === 'AGENT_NOT_FOUND');
    expect((await asGuest('~finance/payroll')).text).toContain('bookkeeper');
    await setAgents(denied, [PAYROLL]);
    await until(async () => (await fail('salaries')).code === 'DENIED_BY_POLICY');
    expect(JSON.stringify(guest.heard)).not.toMatch(HIDDEN);
  });
});

describe('peers that say what they like', () => {
  /** The last of them is one that no policy is against. */
  const ASNS = [65_111, 65_112, 65_113, 65_114, 65_115, 65_116];
  const peers: RawPeer[] = [];
  const fronts: RawFront[] = [];
  let router: TestRouter;

  beforeAll(async () => {
    const selves = ASNS.map((asn) => ({ asn, routerId: `10.2.0.${asn - 65_100}` }));
    fronts.push(...(await Promise.all(selves.map(startRawFront))));
    const matches = [
      { agentPrefixes: ['pay*'] },
      { communities: ['secret'] },
      { agentPrefixes: ['payroll'], families: ['agent'] },
      { capabilities: ['hr'], families: ['agent'] },
    ];
    const file = path.join(folder, 'router.json');
    writeFileSync(
      file,
      JSON.stringify({
        peers: selves.map(({ asn }, index) => ({
          asn,
          url: fronts[index]!.url,
          passive: true,
          ...(asn === 65_115 && { allowAgents: ['gossip/*', 'harmless'] }),
        })),
        policy: { import: matches.map((match, index) => reject({ ...match, peers: [ASNS[index]] })) },
      }),
    );
    router = await startTestRouter({ asn: NEAR, port: await freePort(), env: { AGENT_PROXY_CONFIG: file } });
    await until(() => said(router, 'listening').length > 0);
    for (const self of selves) peers.push(await RawPeer.dial(router.url, self));
  });

  afterAll(async () => {
    await Promise.all(peers.map((peer) => peer.close()));
    await router.stop();
    await Promise.all(fronts.map((front) => front.stop()));
  });

  it.each([0, 1, 2, 3, 4])('are not called by a capability whose agent they keep quiet about (%i)', async (index) => {
    const [peer, front] = [peers[index]!, fronts[index]!];
    const [plain, summed] = [`gossip/plain-${index}`, `gossip/summed-${index}`];
    peer.announce([`~${plain}`]);
    peer.announce([`~${summed}`], { aggregate: true });
    await reaches(router, plain, summed);
    for (const name of [plain, `${plain}/more`, summed, `${summed}/python`]) {
      const place = index === 4 ? 'allowAgents' : `import[${index}]`;
      expect(await fail(name, {}, router)).toMatchObject({ code: 'DENIED_BY_POLICY', place });
    }
    expect(front.called).toEqual([]);

    // One that policy accepts is asked for by its own name, whatever else the capability leads to.
    peer.announce(['harmless'], { capabilities: [plain, `${summed}/python`] });
    peer.announce(['payroll'], { capabilities: [plain, `${summed}/python`, 'hr'], communities: ['secret'] });
    await until(async () => {
      const answer = await fetch(`${router.url}/bgp/routes?rib=in&peer=as${ASNS[index]}`);
      return (await answer.text()).includes('"payroll"');
    });
    for (const name of [plain, `${plain}/more`, `${summed}/python`]) {
      expect(await router.call('agent-proxy', { targetAgentId: name, messages })).toMatchObject({
        agentIdUsed: 'harmless',
      });
    }
    expect(front.called).toEqual(['harmless', 'harmless', 'harmless']);
  });

  it('are asked for the capability that they announced where no policy is against any of their agents', async () => {
    const [peer, front] = [peers.at(-1)!, fronts.at(-1)!];
    peer.announce(['~open/kind']);
    await reaches(router, 'open/kind');
    expect(await router.call('agent-proxy', { targetAgentId: 'open/kind/er', messages })).toMatchObject({
      responseData: { text: 'raw ~open/kind' },
    });
    expect(front.called).toEqual(['~open/kind']);
  });
});

describe('when the agent that policy accepts does not answer', () => {
  it('is not overtaken by the one that policy denies', async () => {
    const call = { retry: 'always', timeoutMs: 1_500 };
    for (let times = 0; times < 20; times += 1) await say('finance/payroll', call);
    const hanging = [{ ...BOOKKEEPER, behaviour: 'hang' }];
    await fetch(`${accepted.url}/agents`, { method: 'PUT', body: JSON.stringify(hanging) });
    expect(await fail('finance/payroll', call)).toMatchObject({ code: 'TIMEOUT' });
  });

  it('does not fail over to the one that policy denies', async () => {
    await accepted.stop();
    for (const retry of ['unreached', 'always']) {
      for (const interactionType of ['generate', 'stream']) {
        const { code } = await fail('finance/payroll', { retry, interactionType, timeoutMs: 5_000 });
        expect(code).not.toBe('INVALID_REQUEST');
      }
    }
    expect((await asGuest('~finance/payroll')).status).not.toBe(200);
  });
});

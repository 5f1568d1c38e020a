import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startMastra, type RunningMastra } from '../../servers/mastra-server.ts';
import { startRawFront, type RawFront } from '../../servers/raw-front.ts';
import { RawPeer } from '../../servers/raw-peer.ts';
import { freePort } from '../../servers/free-port.ts';
import { reaches, startTestRouter, type TestRouter } from '../test-router.ts';
import { until } from '../program.ts';

const FRIEND = 65_102;
const STRANGER = { asn: 65_103, routerId: '10.3.0.3' };
const messages = [{ role: 'user', content: 'hello' }];

/** Ids with which a stranger would take what reads as somebody else's. */
const QUALIFIED = [
  'as65110:payroll',
  'AS65110:payroll',
  'aS65102:ghost',
  'as99999999999:payroll',
  'server0:x',
  'server7:x',
  'Server7:x',
  'SERVER0:writer',
  'partner:x',
  'PARTNER:x',
  'Main:x',
  'mAIN:writer',
  'as65102:x/y',
];

let folder: string;
let own: RunningMastra;
let theirs: RunningMastra;
let front: RawFront;
let router: TestRouter;
let friend: TestRouter;
let stranger: RawPeer;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'names-'));
  [own, theirs, front] = await Promise.all([
    startMastra({
      agents: [
        { id: 'coder', capabilities: ['coding/typescript', 'reviews'] },
        { id: 'writer', capabilities: ['prose'] },
        { id: 'as65001:literal', capabilities: ['prose'] },
        { id: 'server5:literal', capabilities: ['prose'] },
        { id: 'urn:own:1', capabilities: ['prose'] },
      ],
    }),
    startMastra({
      agents: [
        { id: 'team/weather', capabilities: ['forecast'] },
        { id: 'urn:agent:7', capabilities: ['forecast'] },
        { id: 'ledger', capabilities: ['books'] },
        { id: 'as65102:ledger', capabilities: ['books'] },
      ],
    }),
    startRawFront(STRANGER),
  ]);
  const [port, friendPort] = [await freePort(), await freePort()];
  const file = path.join(folder, 'router.json');
  writeFileSync(
    file,
    JSON.stringify({
      servers: [{ url: own.url, name: 'main', asn: 65_001 }],
      peers: [
        { asn: FRIEND, url: `http://127.0.0.1:${friendPort}` },
        { asn: STRANGER.asn, name: 'partner', url: front.url, passive: true },
        { asn: 65_110, url: 'http://127.0.0.1:9' },
      ],
    }),
  );
  const env = { AGENT_PROXY_CONFIG: file, MASTRA_SERVERS: '' };
  [router, friend] = await Promise.all([
    startTestRouter({ asn: 65_101, port, env }),
    startTestRouter({
      asn: FRIEND,
      port: friendPort,
      peers: [`65101@http://127.0.0.1:${port}`],
      servers: theirs.url,
    }),
  ]);
  await reaches(router, 'coder', 'team/weather', 'urn:agent:7', 'ledger');
  stranger = await RawPeer.dial(router.url, STRANGER);
  await until(() => stranger.heard.some(({ type }) => type === 'keepalive'));
});

afterEach(async () => {
  front.called.length = 0;
  stranger.say({ type: 'update', withdrawn: announced.splice(0) });
  await until(async () => (await heard()).length === 0);
});

afterAll(async () => {
  await stranger.close();
  await Promise.all([router.stop(), friend.stop()]);
  await Promise.all([own.stop(), theirs.stop(), front.stop()]);
  rmSync(folder, { recursive: true });
});

const announced: string[] = [];

async function told(nlris: readonly string[], attributes: object = {}): Promise<void> {
  stranger.announce(nlris, attributes);
  announced.push(...nlris);
  await until(async () => (await heard()).length === announced.length);
}

/** What the stranger has told, whether it is used or not. */
async function heard(): Promise<readonly object[]> {
  return (await (await fetch(`${router.url}/bgp/routes?rib=in&peer=partner`)).json()) as object[];
}

const say = (targetAgentId: string, more: object = {}) =>
  router.call<{ fullyQualifiedId: string }>('agent-proxy', { targetAgentId, messages, ...more });
const fail = (targetAgentId: string, more: object = {}) =>
  router.failure('agent-proxy', { targetAgentId, messages, ...more });

describe('a stranger whose agent is named like a capability', () => {
  it('gets no call of a capability of ours, however good its route is', async () => {
    await told(['coding/typescript', 'coding/typescript/react', 'reviews', 'prose'], { med: 0, originTime: 1 });
    for (const interactionType of ['generate', 'stream']) {
      expect(await say('coding/typescript', { interactionType })).toMatchObject({ fullyQualifiedId: 'main:coder' });
      expect(await say('coding/typescript/react', { interactionType })).toMatchObject({
        fullyQualifiedId: 'main:coder',
      });
      expect(await say('reviews', { interactionType })).toMatchObject({ fullyQualifiedId: 'main:coder' });
    }
    expect(front.called).toEqual([]);
  });

  it('gets no call of a capability of another peer', async () => {
    await told(['books/ledgers', '~books/other']);
    expect(await say('books/ledgers')).toMatchObject({ fullyQualifiedId: 'as65102:ledger' });
    expect(front.called).toEqual([]);
  });

  it('is called by its own name and AS', async () => {
    await told(['coding/typescript', 'forecast']);
    expect(await say(`as${STRANGER.asn}:coding/typescript`)).toMatchObject({ agentIdUsed: 'coding/typescript' });
    expect(await say(`as${STRANGER.asn}:forecast`)).toMatchObject({ agentIdUsed: 'forecast' });
    expect(front.called).toEqual(['coding/typescript', 'forecast']);
  });
});

describe('a stranger whose agent is named like that of a server or an AS', () => {
  it.each(QUALIFIED)('gets no call of %s', async (id) => {
    await told([id], { localPref: 900 });
    for (const capabilities of [{}, { requiredCapabilities: ['x'] }]) {
      const { code } = await fail(id, capabilities);
      expect(['AGENT_NOT_FOUND', 'SERVER_UNAVAILABLE']).toContain(code);
    }
    await told([`~${id}`]);
    await fail(id);
    expect(front.called).toEqual([]);
    const listed = await router.call('list-agents', {});
    expect(JSON.stringify(listed)).not.toContain(`"id":${JSON.stringify(id)}`);
    expect(await heard()).toMatchObject(
      [id, id].map((agentId) => ({ agentId, ineligible: { type: 'reserved-name' } })),
    );
  });
});

describe('names that work across a router', () => {
  it.each([
    ['team/weather', 'team/weather'],
    ['urn:agent:7', 'urn:agent:7'],
    ['as65102:team/weather', 'team/weather'],
    ['AS65102:urn:agent:7', 'urn:agent:7'],
    ['forecast', '(?:team/weather|urn:agent:7)'],
  ])('%s is called', async (name, agentIdUsed) => {
    const { responseData } = await router.call<{ responseData: { text: string } }>('agent-proxy', {
      targetAgentId: name,
      messages,
    });
    expect(responseData.text).toMatch(new RegExp(`^echo from ${agentIdUsed}: hello$`));
  });

  it('an id with a slash gives way to a capability that covers it, and is always there by its AS', async () => {
    await told(['~team']);
    await say('team/weather');
    expect(front.called).toEqual(['~team']);
    expect(await say('as65102:team/weather')).toMatchObject({ fullyQualifiedId: 'as65102:team/weather' });
  });

  it.each(['as65001:literal', 'server5:literal', 'urn:own:1'])(
    'our own %s is called by exactly that name',
    async (id) => {
      expect(await say(id)).toMatchObject({ agentIdUsed: id, fullyQualifiedId: `main:${id}` });
      expect(await say(`main:${id}`)).toMatchObject({ agentIdUsed: id });
      expect((await fail(id.toUpperCase())).code).toBe('AGENT_NOT_FOUND');
    },
  );

  it('are told to a peer, but for those that it would have to refuse', async () => {
    await reaches(friend, 'coder', 'urn:own:1');
    const listing = (await (await fetch(`${friend.url}/api/agents`)).json()) as object;
    expect(Object.keys(listing)).not.toContain('as65001:literal');
    expect(Object.keys(listing)).not.toContain('server5:literal');
  });
});

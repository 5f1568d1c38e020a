import { SignJWT, type JWTPayload } from 'jose';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { PROTOCOL } from '../../../src/control-plane/peering/hello.ts';
import type { Session } from '../../../src/control-plane/peering/authenticated-session.ts';
import { credentials } from '../../../src/control-plane/peering/sessions.ts';
import { introduce, NotIntroduced, RawPeer, type RawPeerOptions } from '../../servers/raw-peer.ts';
import { freePort } from '../../servers/free-port.ts';
import { said, startTestRouter, type TestRouter } from '../test-router.ts';
import { until } from '../program.ts';

/** Two peers of a router without keys, the second without graceful restart, and one of a router with keys. */
const KEYLESS: RawPeerOptions = { asn: 65_102, routerId: '10.0.0.2' };
const UNGRACEFUL: RawPeerOptions = { asn: 65_103, routerId: '10.0.0.3' };
const KEYED: RawPeerOptions = { asn: 65_104, routerId: '10.0.0.4', key: 'the key of AS 65104' };
const SAID = { gracefulRestart: { restartTimeSeconds: 4_095, restarted: false, preserved: true } };
const HELD = { type: 'notification', code: 6, subcode: 7 };

/** Takes what a router posts to a peer of its own. */
const sink = createServer((request, response) => {
  request.resume().once('end', () => response.end('{}'));
});

let home: string;
let keyless: TestRouter;
let keyed: TestRouter;
/** The one that the test is about. */
let router: TestRouter;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'sessions-'));
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
  const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const entry = ({ asn, key }: RawPeerOptions) => ({ asn, key, url, passive: true });
  const graceful = (peer: RawPeerOptions) => ({ ...entry(peer), restartTimeSeconds: 1 });
  const ports = [await freePort(), await freePort()] as const;
  keyless = await start('keyless', { peers: [graceful(KEYLESS), entry(UNGRACEFUL)] }, 65_101, ports[0]);
  keyed = await start('keyed', { peers: [graceful(KEYED)] }, 65_101, ports[1]);
  await until(() => [keyless, keyed].every((started) => said(started, 'listening').length > 0));
  router = keyless;
});

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
  await until(async () => (await get('/bgp/peers')).every(({ status }) => status !== 'established'));
  await until(async () => (await get('/bgp/routes?rib=in')).length === 0);
  router = keyless;
});

afterAll(async () => {
  await Promise.all([keyless.stop(), keyed.stop()]);
  sink.close();
  rmSync(home, { recursive: true });
});

function start(name: string, config: object, asn: number, at: number, routerId = `10.0.9.${asn % 256}`) {
  const file = path.join(home, `${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  const env = { AGENT_PROXY_CONFIG: file, BGP_ROUTER_ID: routerId, HOME: home, XDG_RUNTIME_DIR: home };
  return startTestRouter({ asn, port: at, env });
}

const get = async (where: string) => (await (await fetch(router.url + where)).json()) as Record<string, unknown>[];

async function post(where: string, body: object, headers: Record<string, string> = {}) {
  const sent = { 'content-type': 'application/json', ...headers };
  const reply = await fetch(router.url + where, { method: 'POST', headers: sent, body: JSON.stringify(body) });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

const open = ({ asn, routerId }: RawPeerOptions, change: object = {}) => ({
  type: 'open',
  version: 4,
  asn,
  routerId,
  holdTimeSeconds: 90,
  capabilities: { ...SAID, families: ['agent', 'capability'] },
  ...change,
});

/** A session that is up, and can be asked whether it still is. */
interface Up {
  readonly alive: () => Promise<boolean>;
}

type Way = (peer: RawPeerOptions) => Promise<Up>;

const webSocket: Way = async (peer) => {
  const raw = await RawPeer.dial(router.url, peer, open(peer));
  ends.push(() => raw.close());
  await until(() => raw.heard.some(({ type }) => type === 'keepalive'));
  raw.announce(['ledger']);
  await until(async () => (await ledger(peer)) !== undefined);
  return { alive: () => Promise.resolve(raw.socket.readyState === WebSocket.OPEN) };
};

const posts: Way = async (peer) => {
  const { session } = await introduce(router.url, peer);
  const say = async (type: string, body: object) => post(`/bgp/${type}`, body, await credentials(session));
  ends.push(() => say('notification', { code: 6, subcode: 2 }));
  expect((await say('hello', open(peer))).status).toBe(200);
  expect((await say('keepalive', {})).status).toBe(200);
  const attributes = { asPath: [peer.asn], originTime: 1 };
  expect((await say('update', { attributes, reach: [{ nlri: 'ledger' }] })).status).toBe(200);
  return { alive: async () => (await say('keepalive', {})).status === 200 };
};

const oneLine: Way = async ({ asn, routerId }) => {
  const { body } = await post('/bgp/hello', { localASN: asn, routerId });
  const headers = { 'bgp-session': String(body['session']) };
  ends.push(() => post('/bgp/notification', { code: 6, subcode: 2 }, headers));
  const attributes = { asPath: [asn], originTime: 1 };
  expect((await post('/bgp/update', { attributes, reach: [{ nlri: 'ledger' }] }, headers)).status).toBe(200);
  return { alive: async () => (await post('/bgp/keepalive', {}, headers)).status === 200 };
};

/** What the router holds of the peer, by whom the peer is to it. */
async function ledger({ asn }: RawPeerOptions): Promise<unknown> {
  return (await get(`/bgp/routes?rib=in&peer=as${asn}`)).find(({ agentId }) => agentId === 'ledger');
}

async function holder({ asn }: RawPeerOptions): Promise<unknown> {
  return (await get('/bgp/peers')).find(({ name }) => name === `as${asn}`)?.['routerId'];
}

const another = (peer: RawPeerOptions): RawPeerOptions => ({ ...peer, routerId: '10.9.9.9' });

describe.each<[string, RawPeerOptions, Way]>([
  ['a WebSocket', KEYLESS, webSocket],
  ['a WebSocket, without graceful restart', UNGRACEFUL, webSocket],
  ['a WebSocket, with a key', KEYED, webSocket],
  ['plain requests', KEYLESS, posts],
  ['plain requests, without graceful restart', UNGRACEFUL, posts],
  ['plain requests, with a key', KEYED, posts],
  ['a hello of one line', KEYLESS, oneLine],
])('a session over %s', (_, peer, way) => {
  beforeEach(() => {
    router = peer.key === undefined ? keyless : keyed;
  });

  it('is not touched by a router of another id that introduces itself, and is told so', async () => {
    const up = await way(peer);
    const refused = await introduce(router.url, another(peer)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(NotIntroduced);
    const { status, body } = refused as NotIntroduced;
    expect({ status, body: JSON.parse(body) as unknown }).toMatchObject({
      status: 409,
      body: { ...HELD, reason: expect.stringContaining(`established here as router ${peer.routerId}`) as string },
    });
    const plain = await post('/bgp/hello', { localASN: peer.asn, routerId: '10.9.9.9' });
    expect(plain).toMatchObject(peer.key === undefined ? { status: 409, body: HELD } : { status: 403 });
    expect(await up.alive()).toBe(true);
    expect(await holder(peer)).toBe(peer.routerId);
    expect(await ledger(peer)).toBeDefined();
  });

  it.each<[string, (session: Session) => Promise<unknown>]>([
    [
      'a WebSocket',
      async (session) => {
        const headers = await credentials(session);
        const socket = new WebSocket(`${router.url.replace('http', 'ws')}/bgp/session`, PROTOCOL, { headers });
        const late = new RawPeer(session, socket, open(another(peer)));
        ends.push(() => late.close());
        await until(() => socket.readyState === WebSocket.CLOSED);
        return late.heard.find(({ type }) => type === 'notification');
      },
    ],
    [
      'plain requests',
      async (session) => (await post('/bgp/hello', open(another(peer)), await credentials(session))).body,
    ],
  ])('is not touched by one that was introduced before it came up and links by %s', async (_by, link) => {
    const { session } = await introduce(router.url, another(peer));
    const up = await way(peer);
    expect(await link(session)).toMatchObject({ ...HELD, reason: expect.stringContaining('10.9.9.9') as string });
    await until(async () => (await post('/bgp/keepalive', {}, await credentials(session))).status === 401);
    expect(await up.alive()).toBe(true);
    expect(await holder(peer)).toBe(peer.routerId);
    expect(await ledger(peer)).toBeDefined();
  });

  it('gives way to the same router, and once it has ended to another one', async () => {
    const first = await way(peer);
    const second = await way(peer);
    await until(async () => !(await first.alive()));
    expect(await second.alive()).toBe(true);
    await Promise.all(ends.splice(0).map((end) => end()));
    await until(async () => (await holder(peer)) === undefined);
    const other = await way(another(peer));
    expect(await other.alive()).toBe(true);
    expect(await holder(peer)).toBe('10.9.9.9');
  });
});

describe('a router whose peer has a session with another one', () => {
  it('shows why it has none, as a peer, in its list and in its notice', async () => {
    await webSocket(KEYLESS);
    const at = await freePort();
    const peers = [{ asn: 65_101, url: router.url }];
    const late = await start('late', { peers }, KEYLESS.asn, at, '10.9.9.9');
    ends.push(() => late.stop());
    const reason = 'AS 65102 is established here as router 10.0.0.2';
    const listed = async () =>
      late.call<{ summary: { notice?: string }; serverAgents: { error?: string }[] }>('list-agents', {});
    await until(async () => (await listed()).summary.notice?.includes(reason) === true);
    expect((await listed()).serverAgents).toContainEqual(
      expect.objectContaining({ error: expect.stringContaining(reason) as string }),
    );
    const [shown] = (await (await fetch(`${late.url}/bgp/peers`)).json()) as { error: string }[];
    expect(shown?.error).toContain(reason);
    expect(await holder(KEYLESS)).toBe(KEYLESS.routerId);
  });

  it('does not touch one that its peer has dialled', async () => {
    const [dialled, at] = [await freePort(), await freePort()];
    const peers = [{ asn: 65_120, url: `http://127.0.0.1:${dialled}`, restartTimeSeconds: 60 }];
    const dialler = await start('dialler', { peers }, 65_119, at);
    ends.push(() => dialler.stop());
    const back = [{ asn: 65_119, url: dialler.url, passive: true, restartTimeSeconds: 60 }];
    const answerer = await start('answerer', { peers: back }, 65_120, dialled);
    ends.push(() => answerer.stop());
    const shown = async () => (await (await fetch(`${dialler.url}/bgp/peers`)).json()) as Record<string, unknown>[];
    await until(async () => (await shown())[0]?.['status'] === 'established');
    const impostor = { asn: 65_120, routerId: '10.255.255.255' };
    await expect(introduce(dialler.url, impostor)).rejects.toMatchObject({ status: 409 });
    expect(await shown()).toMatchObject([{ status: 'established', routerId: '10.0.9.96' }]);
    expect(said(dialler, 'session-up')).toHaveLength(1);
  });
});

describe('a hold time of 0 s', () => {
  const why = { type: 'notification', code: 2, subcode: 6 };

  it('is refused over a WebSocket', async () => {
    const raw = await RawPeer.dial(router.url, KEYLESS, open(KEYLESS, { holdTimeSeconds: 0 }));
    ends.push(() => raw.close());
    await until(() => raw.socket.readyState === WebSocket.CLOSED);
    expect(raw.heard.at(-1)).toMatchObject(why);
  });

  it('is refused over plain requests', async () => {
    const { session } = await introduce(router.url, KEYLESS);
    const sent = open(KEYLESS, { holdTimeSeconds: 0 });
    expect(await post('/bgp/hello', sent, await credentials(session))).toMatchObject({ status: 400, body: why });
  });

  it('is refused in a hello of one line', async () => {
    const answer = await post('/bgp/hello', { localASN: KEYLESS.asn, holdTimeSeconds: 0 });
    expect(answer).toMatchObject({ status: 400, body: why });
  });
});

describe('a restart time of an hour', () => {
  it('keeps the routes of a router that is gone no longer than our own entry says', async () => {
    const raw = await RawPeer.dial(router.url, KEYLESS, open(KEYLESS));
    await until(() => raw.heard.some(({ type }) => type === 'keepalive'));
    raw.announce(['ledger']);
    await until(async () => (await ledger(KEYLESS)) !== undefined);
    await raw.close();
    await until(async () => (await ledger(KEYLESS)) === undefined);
  });
});

describe('a token that cannot be remembered', () => {
  beforeEach(() => {
    router = keyed;
  });

  it.each<[string, unknown]>([
    ['an object', {}],
    ['a list', ['again']],
    ['a number', 7],
    ['longer than a name', 'x'.repeat(10_000)],
  ])('because its jti is %s serves not even once', async (_, jti) => {
    const raw = await RawPeer.dial(router.url, KEYED, open(KEYED));
    ends.push(() => raw.close());
    const { id, local, remote, tokenKey } = raw.session;
    const now = Math.floor(Date.now() / 1_000);
    const ids = [local, remote].map(({ asn, routerId }) => `as${asn}/${routerId}`);
    const claims = { iss: ids[0], aud: ids[1], iat: now, exp: now + 10, jti } as JWTPayload;
    const token = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: id }).sign(tokenKey!);
    const headers = { authorization: `Bearer ${token}` };
    for (let time = 0; time < 2; time += 1) {
      expect((await fetch(`${router.url}/api/agents`, { headers })).status).toBe(401);
    }
    expect((await fetch(`${router.url}/api/agents`, { headers: await credentials(raw.session) })).status).toBe(200);
  });
});

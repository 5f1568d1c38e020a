import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { PROTOCOL } from '../../src/control-plane/peering/hello.ts';
import { credentials } from '../../src/control-plane/peering/sessions.ts';
import { MAX_LINES } from '../../src/base/telemetry/paced-log.ts';
import { introduce, RawPeer, type RawPeerOptions } from '../servers/raw-peer.ts';
import { freePort } from '../servers/free-port.ts';
import { hasSaid, said, startTestRouter, type LogLine, type TestRouter } from './test-router.ts';
import { until } from './program.ts';

const ROUTER_ID = '10.0.0.1';
const MILLION = 1_000_000;

/** A peer of another AS, and one of our own. */
const outer = { asn: 65_102, name: 'outer', path: [65_102] } as const;
const inner = { asn: 65_101, routerId: '10.0.0.44', name: 'inner', path: [65_102] } as const;
type Peer = typeof outer | typeof inner;

interface ShownRoute {
  readonly agentId: string;
  readonly source: string;
  readonly name?: string;
  readonly ineligible?: { readonly type: string };
}

let home: string;
let router: TestRouter;
let witness: RawPeer;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'hostile-'));
  const file = path.join(home, 'router.json');
  const peer = (asn: number, name: string) => ({ asn, name, url: 'http://127.0.0.1:9', passive: true });
  const peers = [peer(outer.asn, outer.name), peer(inner.asn, inner.name), peer(65_103, 'witness')];
  writeFileSync(file, JSON.stringify({ peers }));
  const env = { AGENT_PROXY_CONFIG: file, BGP_ROUTER_ID: ROUTER_ID, HOME: home, XDG_RUNTIME_DIR: home };
  router = await startTestRouter({ asn: inner.asn, port: await freePort(), env });
  await until(() => said(router, 'listening').length > 0);
  witness = await up({ asn: 65_103 });
  witness.announce(['theirs']);
  await until(async () => (await shown('')).length === 1);
});

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
  await until(async () => (await established()).join() === 'witness');
  expect(await shown('?rib=in')).toMatchObject([{ agentId: 'theirs', source: 'witness' }]);
});

afterAll(async () => {
  await witness.close();
  await router.stop();
  rmSync(home, { recursive: true });
});

const get = async (where: string): Promise<unknown> => (await fetch(router.url + where)).json();
const shown = async (query: string) => (await get(`/bgp/routes${query}`)) as ShownRoute[];

/** Returns the names of the peers that the router shows as established. */
async function established(): Promise<string[]> {
  const peers = (await get('/bgp/peers')) as { name: string; status: string }[];
  return peers.filter(({ status }) => status === 'established').map(({ name }) => name);
}

/** Returns the ids of the agents that the router would call, except those of the witness. */
async function chosen(): Promise<string[]> {
  return (await shown('')).filter(({ source }) => source !== 'witness').map(({ agentId }) => agentId);
}

/** Returns a peer with an established session. */
async function up(options: RawPeerOptions, open: object = {}): Promise<RawPeer> {
  const peer = await RawPeer.dial(router.url, options, open);
  await until(() => peer.heard.some(({ type }) => type === 'keepalive'));
  return peer;
}

/** Returns a function that returns the last line of an event that the router has logged from now on. */
function nextLine(event: string): () => Promise<LogLine | undefined> {
  const before = said(router, event).length;
  return async () => (await hasSaid(router, event, before + 1)).at(-1);
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function post(where: string, body: object, headers: Record<string, string> = {}): Promise<Answer> {
  const sent = { 'content-type': 'application/json', ...headers };
  const reply = await fetch(router.url + where, { method: 'POST', headers: sent, body: JSON.stringify(body) });
  return { status: reply.status, body: await reply.json() };
}

/** Sends an UPDATE over an established session, by its transport. */
type Say = (update: object) => Promise<unknown>;

const TRANSPORTS: Readonly<Record<string, (peer: Peer) => Promise<Say>>> = {
  'a WebSocket': async (peer) => {
    const raw = await up(peer);
    ends.push(() => raw.close());
    return (update) => {
      raw.say({ type: 'update', ...update });
      return Promise.resolve();
    };
  },
  'plain requests': async (peer) => {
    const { body } = await post('/bgp/hello', { localASN: peer.asn, ...('routerId' in peer && peer) });
    const headers = { 'bgp-session': (body as { session: string }).session };
    ends.push(() => post('/bgp/notification', { code: 6, subcode: 2 }, headers));
    return async (update) => {
      expect(await post('/bgp/update', update, headers)).toEqual({ status: 200, body: { status: 'accepted' } });
    };
  },
};

const sane = (peer: Peer) => ({ asPath: peer.path, originTime: 1 });

/** An announcement of `bad` that is valid except for `attributes`. */
const bad = (peer: Peer, attributes: object) => ({
  attributes: { ...sane(peer), ...attributes },
  reach: [{ nlri: 'bad' }],
});

const residentMb = () =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${router.pid}/status`, 'utf8'))?.[1]) / 1_024;

/** Sends an UPDATE after a valid announcement of `bad` and `good`. Returns the resulting routes of the peer. */
async function after(transport: string, peer: Peer, update: object): Promise<readonly ShownRoute[]> {
  const say = await TRANSPORTS[transport]!(peer);
  await say({ attributes: sane(peer), reach: [{ nlri: 'bad' }, { nlri: 'good' }] });
  await until(async () => (await chosen()).join() === 'bad,good');
  await say(update);
  await say({ attributes: sane(peer), reach: [{ nlri: 'last' }] });
  await until(async () => (await chosen()).includes('last'));
  expect((await established()).sort()).toEqual([peer.name, 'witness'].sort());
  expect(await get('/bgp/status')).toMatchObject({ peers: { established: 2 } });
  return shown(`?rib=in&peer=${peer.name}`);
}

describe.each(Object.keys(TRANSPORTS))('a route that comes by %s', (transport) => {
  it.each<[string, Peer, object, string]>([
    ['our own AS in its path', outer, { asPath: [65_102, 65_101] }, 'as-loop'],
    ['our own AS in a set of its path', outer, { asPath: [65_102, [65_101, 65_999]] }, 'as-loop'],
    ['our own router id as originator (RFC 4456 §8)', inner, { originatorId: ROUTER_ID }, 'originator-loop'],
    ['our own cluster id (RFC 4456 §8)', inner, { clusterList: [ROUTER_ID] }, 'cluster-loop'],
  ])('with %s replaces the earlier one and is not used (RFC 4271 §9.1.2)', async (_, peer, fault, type) => {
    const heard = await after(transport, peer, bad(peer, fault));
    expect(heard).toMatchObject([{ agentId: 'bad', ineligible: { type } }, { agentId: 'good' }, { agentId: 'last' }]);
    expect(await chosen()).toEqual(['good', 'last']);
  });

  it.each<[string, object]>([
    ['a path of 10,000', { asPath: [65_102, ...Array<number>(9_999).fill(65_020)] }],
    ['AS 0 in its path (RFC 7607 §2)', { asPath: [65_102, 0] }],
    ['AS 4294967295 in its path (RFC 7300 §2)', { asPath: [65_102, 4_294_967_295] }],
    ['a negative AS', { asPath: [65_102, -1] }],
    ['a fractional AS', { asPath: [65_102, 1.5] }],
    ['a negative MED', { med: -1 }],
    ['a fractional MED', { med: 0.5 }],
    ['an origin time beyond all dates', { originTime: Number.MAX_SAFE_INTEGER }],
    ['a million communities', { communities: Array.from({ length: MILLION }, (_, at) => `${at % 10}`) }],
    ['a name of 60,000 characters for an attribute', { ['x'.repeat(60_000)]: 1 }],
  ])('with %s counts as withdrawn, and the session goes on (RFC 7606 §2)', async (_, fault) => {
    const [logged, before] = [router.stderr().length, residentMb()];
    const malformed = nextLine('routes-malformed');
    const heard = await after(transport, outer, bad(outer, fault));
    expect(heard.map(({ agentId }) => agentId)).toEqual(['good', 'last']);
    expect(residentMb() - before).toBeLessThan(100);
    expect(await malformed()).toMatchObject({ peer: 'outer', malformed: 1, first: 'bad', dropped: 0 });
    expect(router.stderr().length - logged).toBeLessThan(2_000);
  });

  it.each([
    ['~*', '~*'],
    ['~//', '~//'],
    ['an id of 257 characters', 'x'.repeat(257)],
    ['a capability of 257 characters', `~${'x'.repeat(257)}`],
  ])('named %s is left out, and the others of its message stay', async (_, nlri) => {
    const malformed = nextLine('routes-malformed');
    const heard = await after(transport, outer, { attributes: sane(outer), reach: [{ nlri }, { nlri: 'beside' }] });
    expect(heard.map(({ agentId }) => agentId)).toEqual(['bad', 'good', 'beside', 'last']);
    expect(await malformed()).toMatchObject({ peer: 'outer', malformed: 0, dropped: 1 });
  });

  it('that is twice in one UPDATE has the later attributes', async () => {
    const reach = ['one', 'two'].map((name) => ({ nlri: 'bad', name }));
    const [route, ...rest] = await after(transport, outer, { attributes: sane(outer), reach });
    expect(route).toMatchObject({ agentId: 'bad', name: 'two' });
    expect(rest.map(({ agentId }) => agentId)).toEqual(['good', 'last']);
  });

  it('is removed only by a withdrawal of its own peer', async () => {
    const heard = await after(transport, outer, { withdrawn: ['nobody', '~no/body', 'theirs', 'bad'] });
    expect(heard.map(({ agentId }) => agentId)).toEqual(['good', 'last']);
    expect((await shown('?peer=witness')).map(({ agentId }) => agentId)).toEqual(['theirs']);
  });
});

interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

const OPEN = {
  type: 'open',
  version: 4,
  asn: outer.asn,
  routerId: '10.0.0.2',
  holdTimeSeconds: 90,
  capabilities: { gracefulRestart: { restartTimeSeconds: 60, restarted: false, preserved: true } },
};
const KEEPALIVE = { type: 'keepalive' };
const update = (communities: readonly string[] = []) => ({ type: 'update', ...bad(outer, { communities }) });
const huge = () => update(Array.from({ length: MILLION }, (_, at) => `c${at}`));
const speaker: RawPeerOptions = { asn: outer.asn, routerId: OPEN.routerId };
const where = ({ type }: Message) => `/bgp/${type === 'open' ? 'hello' : type}`;

/** Returns a peer whose first message is `first`, which may not be a valid OPEN. */
async function beginning(first: object): Promise<RawPeer> {
  const { session } = await introduce(router.url, speaker);
  const headers = await credentials(session);
  const socket = new WebSocket(`${router.url.replace('http', 'ws')}/bgp/session`, PROTOCOL, { headers });
  const peer = new RawPeer(session, socket, first);
  ends.push(() => peer.close());
  return peer;
}

describe('a message closes its session with a reason', () => {
  const closing: [string, Message, object][] = [
    ['an UPDATE before OPEN (RFC 6608 §4)', update(), { code: 5, subcode: 1, reason: 'update received' }],
    ['a KEEPALIVE before OPEN (RFC 6608 §4)', KEEPALIVE, { code: 5, subcode: 1, reason: 'keepalive received' }],
    ['a hold time of 1 s (RFC 4271 §4.2)', { ...OPEN, holdTimeSeconds: 1 }, { code: 2, subcode: 6 }],
    ['a negative hold time', { ...OPEN, holdTimeSeconds: -1 }, { code: 2, subcode: 6 }],
    ['a fractional hold time', { ...OPEN, holdTimeSeconds: 3.5 }, { code: 2, subcode: 6 }],
    ['AS 0 (RFC 7607 §2)', { ...OPEN, asn: 0 }, { code: 2, subcode: 2 }],
    ['AS 4294967295 (RFC 7300 §2)', { ...OPEN, asn: 4_294_967_295 }, { code: 2, subcode: 2 }],
    ['an AS that is not configured', { ...OPEN, asn: 65_999 }, { code: 2, subcode: 2 }],
    ['an OPEN beyond 16 KiB (RFC 4271 §6.1)', { ...OPEN, note: 'x'.repeat(17_000) }, { code: 1, subcode: 2 }],
  ];

  it.each(closing)('%s, over a WebSocket', async (_, first, why) => {
    const sent = nextLine('notification-sent');
    const peer = await beginning(first);
    await until(() => peer.socket.readyState === WebSocket.CLOSED);
    expect(peer.heard).toMatchObject([{ type: 'open' }, { type: 'notification', ...why }]);
    expect(await sent()).toMatchObject({ peer: 'outer', reason: expect.any(String) as string });
  });

  it.each(closing)('%s, in answer to a plain request', async (_, first, why) => {
    const headers = await credentials((await introduce(router.url, speaker)).session);
    const { status, body } = await post(where(first), first, headers);
    expect({ status, body }).toMatchObject({ status: 400, body: { type: 'notification', ...why } });
    await until(async () => (await post('/bgp/keepalive', {}, headers)).status === 401);
  });

  it('an OPEN in an established session, and no route of the peer is kept (RFC 6608 §4)', async () => {
    const peer = await up(speaker, OPEN);
    peer.say(update());
    await until(async () => (await chosen()).join() === 'bad');
    peer.say(OPEN);
    await until(() => peer.socket.readyState === WebSocket.CLOSED);
    expect(peer.heard.at(-1)).toMatchObject({ type: 'notification', code: 5, subcode: 3 });
    expect(await chosen()).toEqual([]);
  });

  it('one beyond 8 MiB, and nothing is kept as over a restart (RFC 4271 §6.1)', async () => {
    const before = residentMb();
    const peer = await up(speaker, OPEN);
    const closed = new Promise((resolve) => peer.socket.once('close', resolve));
    peer.say(update());
    await until(async () => (await chosen()).join() === 'bad');
    const down = nextLine('session-down');
    peer.say(huge());
    expect(await closed).toBe(1009);
    await until(async () => (await established()).length === 1);
    expect(await down()).toMatchObject({ peer: 'outer', cause: 'bad-message-length' });
    expect(await shown('?rib=in&peer=outer')).toEqual([]);
    expect(residentMb() - before).toBeLessThan(100);
  });

  it('one that is not allowed, whatever follows it', async () => {
    const peer = await up(speaker, OPEN);
    const sent = nextLine('notification-sent');
    peer.say(OPEN);
    peer.say(huge());
    await until(() => peer.socket.readyState === WebSocket.CLOSED);
    expect(await sent()).toMatchObject({ peer: 'outer', name: 'unexpected-message-in-established' });
    expect(await established()).toEqual(['witness']);
  });

  it('one beyond 8 MiB that is posted (RFC 4271 §6.1)', async () => {
    const { body } = await post('/bgp/hello', { localASN: outer.asn });
    const headers = { 'bgp-session': (body as { session: string }).session };
    expect((await post('/bgp/update', update(), headers)).status).toBe(200);
    const down = nextLine('session-down');
    // The router disconnects before it has read everything, so the answer may not arrive.
    await post('/bgp/update', huge(), { ...headers, connection: 'close' }).catch(() => undefined);
    await until(async () => (await established()).length === 1);
    expect(await down()).toMatchObject({ peer: 'outer', cause: 'bad-message-length' });
    expect(await chosen()).toEqual([]);
  });
});

describe('a hello of one line', () => {
  it.each<[string, object, number, object]>([
    ['a hold time of 1 s', { localASN: outer.asn, holdTimeSeconds: 1 }, 400, { code: 2, subcode: 6 }],
    ['our own router id, in our AS', { localASN: inner.asn, routerId: ROUTER_ID }, 400, { code: 2, subcode: 3 }],
    ['AS 0', { localASN: 0 }, 403, { code: 6, subcode: 5 }],
    ['AS 4294967295', { localASN: 4_294_967_295 }, 403, { code: 6, subcode: 5 }],
    ['a negative AS', { localASN: -1 }, 403, { code: 6, subcode: 5 }],
    ['a fractional AS', { localASN: 1.5 }, 403, { code: 6, subcode: 5 }],
  ])('with %s establishes no session', async (_, hello, status, why) => {
    expect(await post('/bgp/hello', hello)).toMatchObject({ status, body: { type: 'notification', ...why } });
    expect(await established()).toEqual(['witness']);
  });
});

// This runs last, because the router then logs no further such events for a while.
describe('a flood of malformed UPDATEs', () => {
  it('is read completely, but not logged completely', async () => {
    const peer = await up(speaker);
    ends.push(() => peer.close());
    for (let at = 0; at < 2 * MAX_LINES; at++) peer.say({ type: 'update', reach: [{ nlri: `bad-${at}` }] });
    peer.say({ type: 'update', attributes: sane(outer), reach: [{ nlri: 'last' }] });
    await until(async () => (await chosen()).join() === 'last');
    const last = said(router, 'routes-malformed').filter(({ first }) => first === `bad-${2 * MAX_LINES - 1}`);
    expect(last).toEqual([]);
  });
});

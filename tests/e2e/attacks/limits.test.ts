import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startMastra, type RunningMastra } from '../../servers/mastra-server.ts';
import { RawPeer } from '../../servers/raw-peer.ts';
import { freePort } from '../../servers/free-port.ts';
import { hasSaid, reaches, said, startTestRouter, type TestRouter } from '../test-router.ts';
import { until } from '../program.ts';

const MIB = 1024 * 1024;
const messages = [{ role: 'user', content: 'hello' }];
const named = (kind: string, count: number) => Array.from({ length: count }, (_, at) => `${kind}${at}`);
const deep = (bytes: number) => '['.repeat(bytes);
const wide = (bytes: number) => `[0${',{}'.repeat(bytes / 3)}]`;

const MAX_BYTES = 1_000_000;
const flooder = { asn: 65_102, name: 'flooder', maxBytes: MAX_BYTES };
const witness = { asn: 65_103, name: 'witness' };
const slow = { asn: 65_104, name: 'slow', maxBytes: 65_536, holdTimeSeconds: 3 };
const posting = { asn: 65_105, name: 'posting', maxBytes: 65_536 };
const outer = { asn: 65_106, name: 'outer' };
type Peer = { readonly asn: number; readonly name: string };

interface ShownPeer {
  readonly name: string;
  readonly status: string;
  readonly routesReceived: number;
  readonly bytesHeld: number;
}

let home: string;
let mastra: RunningMastra;
let hostile: Server;
let router: TestRouter;
const ends: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'limits-'));
  mastra = await startMastra({
    agents: [
      { id: 'weather' },
      { id: 'tess', capabilities: ['coding/typescript'], communities: named('tess', 40) },
      { id: 'pia', capabilities: ['coding/python'], communities: named('pia', 40) },
      { id: 'tagged', communities: named('c', 65) },
      { id: 'able', capabilities: named('able/c', 65) },
      { id: 'wordy', communities: named('w'.repeat(120), 60), capabilities: named('y'.repeat(90), 60) },
    ],
  });
  hostile = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(request.method === 'POST' ? deep(8 * MIB) : '{"trap":{"name":"Trap"}}');
  });
  await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve));
  const peers = [flooder, witness, slow, posting, outer].map((peer) => ({
    ...peer,
    url: 'http://127.0.0.1:9',
    passive: true,
  }));
  const file = path.join(home, 'router.json');
  writeFileSync(file, JSON.stringify({ peers, aggregates: [{ capability: 'coding/*', summaryOnly: true }] }));
  const env = { AGENT_PROXY_CONFIG: file, HOME: home, XDG_RUNTIME_DIR: home };
  const servers = `${mastra.url} http://127.0.0.1:${(hostile.address() as AddressInfo).port}`;
  router = await startTestRouter({ asn: 65_101, port: await freePort(), servers, env });
  await reaches(router, 'weather', 'trap');
});

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
  await until(async () =>
    (await peers()).every(({ status, bytesHeld }) => status !== 'established' && bytesHeld === 0),
  );
});

afterAll(async () => {
  await router.stop();
  await mastra.stop();
  hostile.close();
  rmSync(home, { recursive: true });
});

const peers = async () => (await (await fetch(`${router.url}/bgp/peers`)).json()) as ShownPeer[];
const peerNamed = async (wanted: string) => (await peers()).find(({ name }) => name === wanted)!;

async function heardOf({ name }: Peer): Promise<string[]> {
  const reply = await fetch(`${router.url}/bgp/routes?rib=in&peer=${name}`);
  return ((await reply.json()) as { agentId: string }[]).map(({ agentId }) => agentId);
}

/** A peer whose session is up. */
async function up({ asn }: Peer): Promise<RawPeer> {
  const peer = await RawPeer.dial(router.url, { asn }, { holdTimeSeconds: 90 });
  ends.push(() => peer.close());
  await until(() => peer.heard.some(({ type }) => type === 'keepalive'));
  return peer;
}

async function post(where: string, body: string, headers: Record<string, string> = {}) {
  const sent = { 'content-type': 'application/json', ...headers };
  const reply = await fetch(router.url + where, { method: 'POST', headers: sent, body });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

/** The header of a session over plain requests. */
async function posted({ asn }: Peer): Promise<Record<string, string>> {
  const { body } = await post('/bgp/hello', JSON.stringify({ localASN: asn }));
  const headers = { 'bgp-session': String(body['session']) };
  ends.push(() => post('/bgp/notification', '{"code":6,"subcode":2}', headers));
  return headers;
}

/** Our own user's calls are answered. */
async function serves(): Promise<void> {
  await router.call('agent-proxy', { targetAgentId: 'weather', messages });
}

describe('what our own routes may say', () => {
  interface Listing {
    readonly serverAgents: readonly { readonly agents: readonly { readonly id: string }[] }[];
    readonly summary: { readonly notice?: string };
  }

  it('leaves out agents beyond it, and says which in the notice', async () => {
    const { serverAgents, summary } = await router.call<Listing>('list-agents', {});
    const listed = serverAgents.flatMap(({ agents }) => agents.map(({ id }) => id));
    expect(listed.sort()).toEqual(['pia', 'tess', 'trap', 'weather']);
    for (const id of ['tagged', 'able', 'wordy']) expect(summary.notice).toContain(`'${id}' of server0 is left out`);
    expect(await router.failure('agent-proxy', { targetAgentId: 'tagged', messages })).toMatchObject({
      code: 'AGENT_NOT_FOUND',
    });
    const left = said(router, 'route-left-out').map(({ nlri }) => nlri);
    expect(left.sort()).toEqual(['able', 'tagged', 'wordy', '~coding']);
  });

  it('keeps an aggregate from being told whose parts together are beyond it: its parts are', async () => {
    const peer = await up(outer);
    await until(() => peer.heard.filter((message) => message.type === 'update' && message.endOfRib).length === 2);
    const told = peer.heard.flatMap((message) => (message.type === 'update' ? (message.reach ?? []) : []));
    const capabilities = told.map(({ nlri }) => nlri).filter((nlri) => nlri.startsWith('~coding'));
    expect(capabilities.sort()).toEqual(['~coding/python', '~coding/typescript']);
    const { summary } = await router.call<Listing>('list-agents', {});
    expect(summary.notice).toContain(`'coding/*' is left out`);
  });
});

describe('a route of a peer that says more than a person could use', () => {
  const sets: [string, object, string][] = [
    ['65 communities', { communities: named('c', 65) }, 'more than 64 communities besides'],
    ['1,000 communities', { communities: named('c', 1_000) }, 'communities is malformed'],
    ['200 communities of capabilities', { communities: named('capability:c', 200) }, 'more communities than discovery'],
    ['a community of 129 letters', { communities: ['x'.repeat(129)] }, 'communities is malformed'],
    ['65 capabilities', { capabilities: named('c', 65) }, 'more than 64 capabilities'],
    ['17 kB in all', { '+note': 'x'.repeat(17_000) }, 'attributes are too large'],
    ['62 kB in all', { '+note': { a: 'x'.repeat(31_000), b: 'x'.repeat(31_000) } }, 'attributes are too large'],
  ];

  it.each(sets)('counts as withdrawn, over a WebSocket: %s', async (_, attributes, fault) => {
    const before = said(router, 'routes-malformed').length;
    const peer = await up(outer);
    peer.announce(['bad', 'good']);
    peer.announce(['bad'], attributes);
    peer.announce(['last']);
    await until(async () => (await heardOf(outer)).join() === 'good,last');
    const [line] = (await hasSaid(router, 'routes-malformed', before + 1)).slice(before);
    expect(line).toMatchObject({ peer: 'outer', malformed: 1, first: 'bad' });
    expect(line?.['fault']).toContain(fault);
  });

  it.each(sets)('counts as withdrawn, over plain requests: %s', async (_, attributes) => {
    const headers = await posted(outer);
    const update = (nlris: string[], more: object = {}) =>
      JSON.stringify({
        attributes: { asPath: [outer.asn], originTime: 1, ...more },
        reach: nlris.map((nlri) => ({ nlri })),
      });
    for (const body of [update(['bad', 'good']), update(['bad'], attributes), update(['last'])]) {
      expect(await post('/bgp/update', body, headers)).toEqual({ status: 200, body: { status: 'accepted' } });
    }
    expect(await heardOf(outer)).toEqual(['good', 'last']);
  });
});

describe('the memory that a peer may fill', () => {
  it('ends with its own: it keeps what it has, is logged once, and others are as before', async () => {
    const other = await up(witness);
    other.announce(['theirs']);
    const peer = await up(flooder);
    const note = '~'.repeat(14_000);
    for (let at = 0; at < 200; at++) peer.announce([`agent${at}`], { originTime: at, '+note': `${at}${note}` });
    peer.announce(['last']);
    await hasSaid(router, 'max-bytes-reached');
    other.announce(['more']);
    await until(async () => (await heardOf(witness)).length === 2);
    await until(async () => (await heardOf(flooder)).includes('last'));
    const { routesReceived, bytesHeld, status } = await peerNamed('flooder');
    expect(status).toBe('established');
    expect(bytesHeld).toBeLessThanOrEqual(MAX_BYTES);
    expect(routesReceived).toBeGreaterThan(20);
    expect((await heardOf(flooder)).slice(0, 20)).toEqual(named('agent', 20));
    expect(said(router, 'max-bytes-reached')).toMatchObject([{ peer: 'flooder', maxBytes: MAX_BYTES }]);
    peer.say({ type: 'update', withdrawn: named('agent', 200) });
    peer.announce(['again'], { '+note': note });
    await until(async () => (await heardOf(flooder)).join() === 'last,again');
    await serves();
  });
});

it('10,000 routes under the largest set are taken in while our own calls are answered', async () => {
  const peer = await up(witness);
  const communities = named('c', 64).map((name) => name.padEnd(128, '-'));
  for (let round = 0; round < 3; round++) {
    peer.announce(named('agent', 10_000), { communities, originTime: round });
    await serves();
  }
  await until(async () => (await peerNamed('witness')).routesReceived === 10_000);
  peer.say({ type: 'update', withdrawn: named('agent', 10_000) });
  await until(async () => (await peerNamed('witness')).routesReceived === 0);
});

describe('JSON of a shape that takes long to parse', () => {
  const shapes: [string, (bytes: number) => string, string][] = [
    ['nested', deep, 'is JSON that is nested deeper than 16 levels'],
    ['nested in an UPDATE', (bytes) => `{"type":"update","reach":${deep(bytes)}`, 'nested deeper than 16 levels'],
    ['of many values', wide, 'is JSON of more than 1200000 values and names'],
    ['without end', (bytes) => `{"type":"update","note":"${'\\"'.repeat(bytes / 2)}`, 'is not JSON'],
  ];

  it.each(shapes)('closes a session over a WebSocket, and says why: %s', async (_, made, why) => {
    const peer = await up(outer);
    peer.socket.send(made(7 * MIB));
    await until(() => peer.socket.readyState === WebSocket.CLOSED);
    const farewell = peer.heard.at(-1) as { readonly reason?: string };
    expect(farewell).toMatchObject({ type: 'notification', code: 1, subcode: 3 });
    expect(farewell.reason).toContain(why);
  });

  it.each(shapes)('closes a session over plain requests, and says why: %s', async (_, made, why) => {
    const headers = await posted(outer);
    const { status, body } = await post('/bgp/update', made(7 * MIB), headers);
    expect({ status, body }).toMatchObject({ status: 400, body: { type: 'notification', code: 1, subcode: 3 } });
    expect(body['reason']).toContain(why);
    ends.pop();
  });

  it('is no hello, and a long one is not read', async () => {
    expect(await post('/bgp/hello', deep(10_000))).toMatchObject({ status: 403, body: { type: 'notification' } });
    expect(await post('/bgp/hello', deep(17_000))).toMatchObject({ status: 413, body: { type: 'notification' } });
    await serves();
  });

  it('is no call', async () => {
    const body = `{"messages":${deep(2 * MIB)}`;
    const answer = await post('/api/agents/weather/generate', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST', reached: 'no' } });
    expect(answer.body['error']).toContain('nested deeper than 128 levels');
  });

  it('is no answer of an agent', async () => {
    const failure = await router.failure('agent-proxy', { targetAgentId: 'trap', messages });
    expect(failure.message).toContain('its reply is JSON of more than 1000000 values and names');
    await serves();
  });
});

describe('a peer that says more than it may', () => {
  const update = (asn: number, nlri: string, description = '') => ({
    type: 'update',
    attributes: { asPath: [asn], originTime: 1 },
    reach: [{ nlri, name: nlri, description }],
  });
  const long = 'd'.repeat(4 * MIB);
  /** More than is read at once of a connection. */
  const further = 'd'.repeat(MIB / 4);

  it('is not read for a while, and its session stays although we do not hear its keepalives', async () => {
    const before = said(router, 'session-down').length;
    const peer = await up(slow);
    peer.say(update(slow.asn, 'first', long));
    peer.say(update(slow.asn, 'second', further));
    const headers = await posted(posting);
    await post('/bgp/update', JSON.stringify(update(posting.asn, 'first', long)), headers);
    const waiting = post('/bgp/update', JSON.stringify(update(posting.asn, 'second', further)), headers);
    const other = await up(witness);
    other.announce(['theirs']);
    await until(async () => (await heardOf(witness)).length === 1);
    expect(await heardOf(slow)).toEqual(['first']);
    expect(await heardOf(posting)).toEqual(['first']);
    expect((await waiting).status).toBe(200);
    await until(async () => (await heardOf(slow)).join() === 'first,second');
    expect(await heardOf(posting)).toEqual(['first', 'second']);
    expect(said(router, 'session-down')).toHaveLength(before);
  });
});

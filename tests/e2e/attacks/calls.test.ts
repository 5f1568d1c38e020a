import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { credentials } from '../../../src/control-plane/peering/sessions.ts';
import { spawnMastra, type MastraProcess } from '../../servers/mastra-process.ts';
import { RawPeer, type RawPeerOptions } from '../../servers/raw-peer.ts';
import { freePort } from '../../servers/free-port.ts';
import { reaches, said, startTestRouter, type TestRouter } from '../test-router.ts';
import { until } from '../program.ts';

const MIB = 1024 * 1024;
const A: RawPeerOptions = { asn: 65_102, key: 'key of 65102' };
const B: RawPeerOptions = { asn: 65_103, key: 'key of 65103' };
const FAR_KEY = 'key of 65104';

const AGENTS = [
  { id: 'weather' },
  { id: 'slow', chunkDelayMs: 100_000 },
  { id: 'ledger', capabilities: ['books/ledger'] },
];

const call = { messages: [{ role: 'user', content: 'hi' }] };

let home: string;
let mastra: MastraProcess;
let router: TestRouter;
let far: TestRouter;
const peers: RawPeer[] = [];
const posts: Post[] = [];

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'calls-'));
  mastra = await spawnMastra({ agents: AGENTS });
  const [port, farPort] = [await freePort(), await freePort()];
  const env = (name: string, config: object) => {
    const file = path.join(home, `${name}.json`);
    writeFileSync(file, JSON.stringify(config));
    return { AGENT_PROXY_CONFIG: file, HOME: home, XDG_RUNTIME_DIR: home };
  };
  const passive = [A, B].map(({ asn, key }) => ({ asn, key, url: 'http://127.0.0.1:9', passive: true }));
  const config = {
    peers: [...passive, { asn: 65_104, key: FAR_KEY, url: `http://127.0.0.1:${farPort}` }],
    calls: { maxConcurrent: 10, maxQueued: 10 },
    health: { intervalMs: 200, failures: 3 },
    policy: {
      import: [
        { match: { capabilities: ['payroll'] }, action: { action: 'reject' } },
        { match: { peers: ['as65104'], agentPrefixes: ['ledger'] }, action: { action: 'reject' } },
      ],
    },
  };
  const farConfig = { peers: [{ asn: 65_101, key: FAR_KEY, url: `http://127.0.0.1:${port}`, passive: true }] };
  const farServer = `far=${mastra.url}`;
  [router, far] = await Promise.all([
    startTestRouter({ asn: 65_101, port, servers: mastra.url, env: env('router', config) }),
    startTestRouter({ asn: 65_104, port: farPort, servers: farServer, env: env('far', farConfig) }),
  ]);
  await reaches(router, 'weather', 'slow', 'ledger');
  await until(async () => (await shown('/bgp/routes?rib=in&peer=as65104')).length > 0);
});

afterEach(async () => {
  for (const post of posts.splice(0)) post.request.destroy();
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
});

afterAll(async () => {
  await Promise.all([router.stop(), far.stop()]);
  await mastra.kill();
  rmSync(home, { recursive: true });
});

async function up(options: RawPeerOptions): Promise<RawPeer> {
  const peer = await RawPeer.dial(router.url, options);
  peers.push(peer);
  await until(() => peer.heard.some(({ type }) => type === 'keepalive'));
  return peer;
}

async function shown(where: string): Promise<unknown[]> {
  return (await (await fetch(router.url + where)).json()) as unknown[];
}

/** A request that may never come to its end. */
interface Post {
  readonly request: ReturnType<typeof request>;
  /** The answer, which may come before the request has ended. */
  readonly answer: Promise<{ readonly status: number; readonly retryAfter: string | undefined; readonly body: string }>;
  readonly isAnswered: () => boolean;
}

interface PostOptions {
  readonly agent?: string;
  readonly action?: string;
  readonly headers?: Record<string, string | number>;
}

async function post(peer: RawPeer, { agent = 'weather', action = 'generate', headers }: PostOptions): Promise<Post> {
  const json = { 'content-type': 'application/json' };
  const sent = request(`${router.url}/api/agents/${agent}/${action}`, {
    method: 'POST',
    agent: false,
    headers: { ...json, ...headers, ...(await credentials(peer.session)) },
  });
  let isAnswered = false;
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).on('error', reject);
  }).then(async (response) => {
    isAnswered = true;
    let body = '';
    // A connection that is closed under a request that goes on has said all that it had to say.
    for await (const part of response.on('error', () => undefined)) body += String(part);
    return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], body };
  });
  answer.catch(() => undefined);
  const made = { request: sent, answer, isAnswered: () => isAnswered };
  posts.push(made);
  return made;
}

async function whole(peer: RawPeer, body: string, options: PostOptions = {}) {
  const made = await post(peer, {
    ...options,
    headers: { 'content-length': Buffer.byteLength(body), ...options.headers },
  });
  made.request.end(body);
  return made.answer;
}

/** The most memory that the router has had so far. */
const peakMb = (): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${router.pid}/status`, 'utf8'))?.[1]) / 1_024;

const ownCall = (targetAgentId: string) => router.call('agent-proxy', { ...call, targetAgentId });

describe('a body that leads nowhere', () => {
  it.each<[string, Record<string, string | number>]>([
    ['of 16 MiB', { 'content-length': 16 * MIB }],
    ['without a length', { 'transfer-encoding': 'chunked' }],
    ['that waits to be asked for', { 'content-length': 16 * MIB, expect: '100-continue' }],
  ])('%s is not read: the call is answered before it comes', async (_, headers) => {
    const peer = await up(A);
    for (const agent of ['nobody', '~no%2Fsuch%2Fpath']) {
      const made = await post(peer, { agent, headers });
      made.request.flushHeaders();
      const { status, body } = await made.answer;
      expect(status).toBe(404);
      expect(JSON.parse(body)).toMatchObject({ code: 'AGENT_NOT_FOUND', reached: 'no' });
    }
  });

  it('is refused where it is too long, or in a form that nobody reads here', async () => {
    const peer = await up(A);
    for (const headers of [
      { 'content-length': 17 * MIB },
      { 'content-length': 100, 'content-encoding': 'gzip' },
      { 'content-length': 100, 'content-type': 'caf\u00e9' },
    ]) {
      const made = await post(peer, { headers });
      made.request.flushHeaders();
      const { status, body } = await made.answer;
      expect(status).toBe(400);
      expect(JSON.parse(body)).toMatchObject({ code: 'INVALID_REQUEST', reached: 'no' });
    }
  });
});

describe('eighty bodies of 16 MiB that never come to their end', () => {
  it('take a part of the memory that they claim, and leave room for the calls of others', async () => {
    const [flooder, other] = [await up(A), await up(B)];
    const before = peakMb();
    const part = Buffer.alloc(MIB, ' ');
    const held = await Promise.all(
      Array.from({ length: 80 }, async (_, at) => {
        const length = at % 2 === 0 ? { 'content-length': 16 * MIB } : { 'transfer-encoding': 'chunked' };
        const made = await post(flooder, { headers: length });
        for (let sent = 0; sent < 4 && !made.isAnswered(); sent += 1) {
          const isWritten = await new Promise<boolean>((resolve) => {
            made.request.write(part, (error) => {
              resolve(!error);
            });
          });
          if (!isWritten) break;
        }
        return made;
      }),
    );
    await until(() => held.filter((made) => made.isAnswered()).length >= 70);
    const refused = await Promise.all(held.filter((made) => made.isAnswered()).map((made) => made.answer));
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 503));
    expect(refused.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true);
    expect(peakMb() - before).toBeLessThan(180);
    expect((await whole(other, JSON.stringify(call))).status).toBe(200);
    await ownCall('weather');
    expect((await whole(other, `${' '.repeat(10 * MIB)}${JSON.stringify(call)}`)).status).toBe(200);
    // What has hung up holds nothing any more.
    for (const { request: sent } of held) sent.destroy();
    const large = `${' '.repeat(15 * MIB)}${JSON.stringify(call)}`;
    await until(async () => (await whole(flooder, large)).status === 200);
  });
});

describe('a peer that holds every slot of a server and every place in the queue', () => {
  it('leaves some to the own user and to other peers, and gives them back when it hangs up', async () => {
    const [flooder, other] = [await up(A), await up(B)];
    const body = JSON.stringify(call);
    for (let made = 0; made < 30; made += 1) {
      whole(flooder, body, { agent: 'slow', action: 'stream' }).catch(() => undefined);
    }
    await until(() => posts.filter((made) => made.isAnswered()).length >= 20);
    await ownCall('weather');
    for (let made = 0; made < 3; made += 1) expect((await whole(other, body)).status).toBe(200);
    await ownCall('weather');
    for (const made of posts) made.request.destroy();
    await until(async () => (await whole(flooder, body)).status === 200);
  });
});

describe('trace context that is none', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const BAD = ['a=1\r\nx-injected: 1', 'a=\u65e5\u672c', 'a=\ud800', `a=${'x'.repeat(20_000)}`, '='];

  it.each(BAD)('from the client is dropped: the call of a peer runs, and no breaker opens (%j)', async (tracestate) => {
    for (let times = 0; times < 4; times += 1) {
      const result = await router.client.callTool({
        name: 'agent-proxy',
        arguments: { ...call, targetAgentId: 'as65104:weather' },
        _meta: { traceparent, tracestate },
      });
      expect(result.isError).not.toBe(true);
    }
    expect(said(router, 'next-hop-resting')).toEqual([]);
  });

  it('from a peer is dropped too, however long it is', async () => {
    const peer = await up(A);
    for (const tracestate of ['a=\u00e9', `a=${'x'.repeat(14_500)}`, 'no list']) {
      for (let times = 0; times < 4; times += 1) {
        const headers = { traceparent, tracestate };
        expect((await whole(peer, JSON.stringify(call), { headers })).status).toBe(200);
      }
    }
    expect(said(router, 'next-hop-resting')).toEqual([]);
  });

  it('nor does a call that asks for more than fits into headers count against a peer', async () => {
    const requiredCapabilities = Array.from({ length: 32 }, (_, at) => `${'\u65e5'.repeat(250)}${at}`);
    const region = 'x'.repeat(100_000);
    for (let times = 0; times < 4; times += 1) {
      for (const asked of [{ requiredCapabilities }, { constraints: { region } }]) {
        await router.failure('agent-proxy', { ...call, targetAgentId: 'as65104:weather', ...asked });
      }
    }
    expect(said(router, 'next-hop-resting')).toEqual([]);
    await ownCall('as65104:weather');
  });
});

it('options that are nested deeper than anything is written are refused as what they are', async () => {
  let nested: object = {};
  for (let depth = 0; depth < 3_000; depth += 1) nested = { nested };
  for (const targetAgentId of ['weather', 'as65104:weather']) {
    const failure = await router.failure('agent-proxy', { ...call, targetAgentId, agentOptions: nested });
    expect(failure).toMatchObject({ code: 'INVALID_REQUEST' });
    expect(failure.message).toContain('agentOptions');
  }
});

describe('what a server says of its agents when it is probed', () => {
  it('binds calls at once: capabilities that are denied, removed or new', async () => {
    const peer = await up(A);
    const changed = (capabilities: readonly string[]) =>
      mastra.setAgents([{ id: 'weather' }, { id: 'slow', chunkDelayMs: 100_000 }, { id: 'ledger', capabilities }]);
    const status = async () => (await whole(peer, JSON.stringify(call), { agent: 'ledger' })).status;
    expect(await status()).toBe(200);

    await changed(['payroll']);
    await until(async () => (await status()) === 404, 5_000);
    expect(await router.failure('agent-proxy', { ...call, targetAgentId: 'server0:ledger' })).toMatchObject({
      code: 'DENIED_BY_POLICY',
    });

    await changed(['books/other']);
    await until(async () => (await status()) === 200, 5_000);
    expect(
      await router.failure('agent-proxy', {
        ...call,
        targetAgentId: 'server0:ledger',
        requiredCapabilities: ['books/ledger'],
      }),
    ).toMatchObject({ code: 'AGENT_NOT_FOUND' });
    expect((await whole(peer, JSON.stringify(call), { agent: '~books%2Fother' })).status).toBe(200);
  });
});

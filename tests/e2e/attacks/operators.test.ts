import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { estimatedTokens } from '../../../src/interfaces/mcp/token-budget.ts';
import { callerCredentials } from '../../../src/control-plane/peering/callers.ts';
import { drawNonce } from '../../../src/control-plane/peering/handshake.ts';
import { PROTOCOL } from '../../../src/control-plane/peering/hello.ts';
import { credentials } from '../../../src/control-plane/peering/sessions.ts';
import { startMastra, type RunningMastra } from '../../servers/mastra-server.ts';
import { introduce, RawPeer, type RawPeerOptions } from '../../servers/raw-peer.ts';
import { freePort } from '../../servers/free-port.ts';
import { hasSaid, knows, startTestRouter, type TestRouter } from '../test-router.ts';
import { spawnProgram, until } from '../program.ts';

const KEY = 'thirty letters for operators';
const VIEWS = [
  '/bgp/routes',
  '/bgp/routes?rib=in',
  '/bgp/peers',
  '/bgp/status',
  '/bgp/health',
  '/bgp/explain?agent=weather',
  '/bgp/trace?agent=weather',
  '/metrics',
  '/',
  '/bgp/anything',
];

type Headers = Readonly<Record<string, string>>;

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A request with any headers at all, which `fetch` would not send. */
async function ask(router: TestRouter, where: string, headers: Headers = {}, body?: object): Promise<Answer> {
  const { port } = new URL(router.url);
  const sent = request({
    ...{ host: '127.0.0.1', port, path: where, method: body === undefined ? 'GET' : 'POST' },
    headers: { 'content-type': 'application/json', ...headers },
  });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [reply] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: reply.statusCode ?? 0, headers: reply.headers, body: await text(reply) };
}

/** A request as nginx sends it on when nobody has told it otherwise. */
async function askAsNginx(router: TestRouter, where: string, method = 'GET'): Promise<number> {
  const { host, port } = new URL(router.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(`${method} ${where} HTTP/1.0\r\nHost: ${host}\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`);
  return Number(/^HTTP\/1\.1 (\d+)/.exec(await text(socket))?.[1]);
}

const basic = (user: string, key: string) => `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`;
const call = { messages: [{ role: 'user', content: 'hi' }] };

let home: string;
let mastra: RunningMastra;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'operators-'));
  const agents = [{ id: 'weather' }, { id: 'inside', communities: ['no-export'] }];
  mastra = await startMastra({ agents });
});

afterAll(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  await mastra.stop();
  rmSync(home, { recursive: true });
});

async function start(name: string, config: object, env: Headers = {}): Promise<TestRouter> {
  const port = await freePort();
  const file = path.join(home, `${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  const folder = mkdtempSync(path.join(home, 'home-'));
  const router = await startTestRouter({
    asn: 65_101,
    port,
    servers: mastra.url,
    env: {
      AGENT_PROXY_CONFIG: file,
      HOME: folder,
      XDG_RUNTIME_DIR: folder,
      ...env,
      BGP_LISTEN: `${env['HOST'] ?? '127.0.0.1'}:${port}`,
    },
  });
  stops.push(() => router.stop());
  await knows(router, 'weather');
  await hasSaid(router, 'listening');
  return router;
}

async function dial(router: TestRouter, options: RawPeerOptions): Promise<RawPeer> {
  const peer = await RawPeer.dial(router.url, options);
  stops.push(() => peer.close());
  await until(() => peer.heard.some(({ type }) => type === 'keepalive'));
  return peer;
}

const peerAt = (asn: number, more: object = {}) => ({ asn, url: 'http://127.0.0.1:9', passive: true, ...more });

describe('a listener that other machines reach', () => {
  let router: TestRouter;
  let tokens: Readonly<Record<string, () => Promise<Headers>>>;

  beforeAll(async () => {
    router = await start(
      'open',
      {
        peers: [peerAt(65_102, { key: 'key of 65102' })],
        guests: [{ asns: '65200-65299', key: 'key of guests' }],
        callers: [{ asn: 65_300, key: 'key of 65300' }],
        advertiseUrl: 'https://router.example',
        operators: { key: KEY },
      },
      { HOST: '0.0.0.0' },
    );
    const peer = await dial(router, { asn: 65_102, key: 'key of 65102' });
    const guest = await dial(router, { asn: 65_200, key: 'key of guests' });
    const { session } = await introduce(router.url, { asn: 65_201, key: 'key of guests' });
    const caller = { asn: 65_300, routerId: '10.0.0.3' };
    tokens = {
      nobody: () => Promise.resolve({}),
      'a peer': () => credentials(peer.session),
      'a guest': () => credentials(guest.session),
      'a guest without a link': () => credentials(session),
      'a caller': () => callerCredentials(caller, 'https://router.example', 'key of 65300'),
      'a peer by Basic': () => Promise.resolve({ authorization: basic('operator', 'key of 65102') }),
      'somebody who guesses': () => Promise.resolve({ authorization: `Bearer ${KEY.slice(1)}` }),
    };
  });

  it.each([
    'nobody',
    'a peer',
    'a guest',
    'a guest without a link',
    'a caller',
    'a peer by Basic',
    'somebody who guesses',
  ])('shows nothing of what operators look at to %s', async (who) => {
    for (const view of VIEWS) {
      const answer = await ask(router, view, await tokens[who]!());
      expect([view, answer.status]).toEqual([view, 401]);
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=.*, Bearer realm=/);
      expect(answer.body).not.toMatch(/weather|inside|127\.0\.0\.1/);
    }
  });

  it('shows a peer what it may know, and opens it to its calls', async () => {
    const listed = await ask(router, '/api/agents', await tokens['a peer']!());
    expect(Object.keys(JSON.parse(listed.body) as object)).toEqual(['weather']);
    expect((await ask(router, '/api/agents/weather', await tokens['a peer']!())).status).toBe(200);
    expect((await ask(router, '/api/agents/inside', await tokens['a peer']!())).status).toBe(404);
    expect((await ask(router, '/api/agents/weather/generate', await tokens['a peer']!(), call)).status).toBe(200);
    expect((await ask(router, '/api/agents', { authorization: `Bearer ${KEY}` })).status).toBe(401);
  });

  it.each([`Bearer ${KEY}`, basic('prometheus', KEY), basic('', KEY)])(
    'shows everything to %s',
    async (authorization) => {
      for (const view of VIEWS.slice(0, -2)) expect((await ask(router, view, { authorization })).status).toBe(200);
      // Also where it comes through a proxy.
      const marks = { host: 'router.example', 'x-forwarded-for': '192.0.2.7' };
      expect((await ask(router, '/bgp/status', { ...marks, authorization })).status).toBe(200);
    },
  );

  it('is asked by the command line with the key, which goes to no other router', async () => {
    const heard: string[] = [];
    const stranger = createServer(({ headers, url }, response) => {
      heard.push(`${url} ${headers.authorization ?? 'nothing'}`);
      response.writeHead(401).end('{}');
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const strange = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    const elsewhere = mkdtempSync(path.join(home, 'home-'));
    const run = async (...args: string[]) => {
      const env = { AGENT_PROXY_CONFIG: path.join(home, 'open.json'), HOME: elsewhere, XDG_RUNTIME_DIR: elsewhere };
      const child = spawnProgram({ ...env, BGP_LISTEN: `0.0.0.0:${new URL(router.url).port}` }, args);
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
      return out + err;
    };
    const keyFile = path.join(home, 'key');
    writeFileSync(keyFile, `${KEY}\n`);
    expect(await run('status')).toContain('asn: 65101');
    expect(await run('routes', '--url', router.url)).toContain('weather');
    expect(await run('peers', '--url', strange)).toContain('operators.key');
    expect(await run('peers', '--url', strange, '--key-file', keyFile)).toContain('operators.key');
    stranger.close();
    expect(heard).toEqual(['/bgp/peers nothing', '/bgp/peers nothing', `/bgp/peers ${basic('operator', KEY)}`]);
  });

  it('keeps the key to itself', async () => {
    const authorization = `Bearer ${KEY}`;
    const answers = await Promise.all(VIEWS.map((view) => ask(router, view, { authorization })));
    expect(JSON.stringify(answers.map(({ headers, body }) => [headers, body]))).not.toContain(KEY);
    expect(JSON.stringify(await router.call('list-agents', {}))).not.toContain(KEY);
    expect(router.stderr()).toContain('request-refused');
    expect(router.stderr()).not.toContain(KEY);
  });
});

describe('a listener on loopback without any key', () => {
  const PROXIED: readonly (readonly [string, Headers])[] = [
    ['a name', { host: 'localhost.example' }],
    ['its public name', { host: 'router.example' }],
    ['an address of another machine', { host: '192.0.2.1:3001' }],
    ['x-forwarded-for', { 'x-forwarded-for': '192.0.2.7' }],
    ['x-forwarded-host alone', { 'x-forwarded-host': 'localhost' }],
    ['forwarded', { forwarded: 'for=192.0.2.7' }],
    ['via', { via: '1.1 proxy' }],
    ['x-real-ip', { 'x-real-ip': '127.0.0.1' }],
    ['cf-connecting-ip', { 'cf-connecting-ip': '192.0.2.7' }],
  ];
  const hello = { localASN: 65_102, routerId: '10.9.9.9' };
  let router: TestRouter;

  beforeAll(async () => {
    router = await start('plain', { peers: [peerAt(65_102)], advertiseUrl: 'https://router.example' });
  });

  it('is open to plain curl', async () => {
    for (const view of VIEWS.slice(0, -2)) expect((await ask(router, view)).status).toBe(200);
    expect((await ask(router, '/api/agents/weather/generate', {}, call)).status).toBe(200);
  });

  it.each(PROXIED)('shows nothing, takes no call and no peer through a proxy: %s', async (_, marks) => {
    for (const view of [...VIEWS, '/api/agents', '/api/agents/weather']) {
      expect([view, (await ask(router, view, marks)).status]).toEqual([view, expect.toBeOneOf([401, 403]) as number]);
    }
    expect((await ask(router, '/api/agents/weather/generate', marks, call)).status).toBeOneOf([401, 403]);
    for (const message of ['hello', 'update', 'keepalive', 'notification', 'route-refresh'])
      expect((await ask(router, `/bgp/${message}`, marks, hello)).status).toBe(403);
    expect((await ask(router, '/bgp/peers')).body).not.toContain('established');
  });

  it.each(PROXIED.slice(1))(
    'opens no WebSocket through a proxy for a session that began on this machine: %s',
    async (_, marks) => {
      const { session } = await introduce(router.url, { asn: 65_102 });
      const headers = { ...marks, ...(await credentials(session)) };
      const socket = new WebSocket(`${router.url.replace('http', 'ws')}/bgp/session`, PROTOCOL, { headers });
      const [error] = (await once(socket, 'error')) as [Error];
      expect(error.message).toMatch(/40[13]/);
    },
  );

  it('says through its public name what is missing', async () => {
    const { body, headers } = await ask(router, '/bgp/routes', { host: 'router.example' });
    expect(body).toContain('set operators.key in the config file');
    expect(headers['www-authenticate']).toMatch(/^Basic/);
  });

  it('knows nginx as it comes, which adds no header and says that it asks this machine', async () => {
    for (const view of [...VIEWS, '/api/agents']) expect(await askAsNginx(router, view)).toBe(401);
    expect(await askAsNginx(router, '/api/agents/weather/generate', 'POST')).toBe(401);
    expect(await askAsNginx(router, '/bgp/hello', 'POST')).toBe(403);
    expect(await askAsNginx(router, '/healthz')).toBe(200);
  });
});

describe('a listener on loopback behind a proxy with TLS', () => {
  it('takes peers with their keys through it, and shows operators nothing until a key is set', async () => {
    const router = await start('behind', {
      peers: [peerAt(65_102, { key: 'key of 65102' })],
      advertiseUrl: 'https://router.example',
    });
    const marks = { host: 'router.example', 'x-forwarded-for': '192.0.2.7' };
    const peer = await dial(router, { asn: 65_102, key: 'key of 65102' });
    const token = async () => ({ ...marks, ...(await credentials(peer.session)) });
    expect((await ask(router, '/api/agents/weather/generate', await token(), call)).status).toBe(200);
    const said = { type: 'hello', protocol: PROTOCOL, asn: 65_102, routerId: '10.0.0.2', nonce: drawNonce() };
    expect((await ask(router, '/bgp/hello', marks, { ...said, time: Date.now() })).status).toBe(200);
    for (const view of VIEWS) {
      expect((await ask(router, view, await token())).status).toBe(401);
      expect((await ask(router, view, marks)).status).toBe(401);
    }
    expect((await ask(router, '/bgp/status')).status).toBe(200);
  });
});

describe('a peer with ten thousand of the largest routes', () => {
  const ROUTES = 10_000;
  const UNREAD = 8;
  let router: TestRouter;

  beforeAll(async () => {
    router = await start('flood', { peers: [peerAt(65_102)] });
    const flooder = await dial(router, { asn: 65_102 });
    const many = (what: string) => Array.from({ length: 64 }, (_, at) => `${what}${at}`.padEnd(30, 'x'));
    const attributes = { communities: many('c'), capabilities: many('p') };
    for (let at = 0; at < ROUTES; at += 1_000) {
      flooder.announce(
        Array.from({ length: 1_000 }, (_, more) => `flood-${at + more}`.padEnd(120, 'y')),
        attributes,
      );
    }
    await until(async () => (await ask(router, '/bgp/peers')).body.includes(`"routesReceived":${ROUTES}`));
  });

  const residentMb = () =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${router.pid}/status`, 'utf8'))?.[1]) / 1_024;

  /** A request whose answer has begun and is not read. */
  async function unread(where: string): Promise<Socket> {
    const socket = connect(Number(new URL(router.url).port), '127.0.0.1').on('error', () => undefined);
    socket.write(`GET ${where} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
    // Its body has begun once there is more than its head.
    socket.on('readable', () => undefined);
    await until(() => socket.bytesRead > 4_000);
    return socket;
  }

  it('costs no memory when many ask for its routes and do not read them', async () => {
    const before = residentMb();
    const sockets: Socket[] = [];
    for (const where of ['/bgp/routes', '/bgp/routes?rib=in', '/api/agents']) {
      sockets.push(...(await Promise.all(Array.from({ length: UNREAD }, () => unread(where)))));
    }
    expect(JSON.parse((await ask(router, '/healthz')).body)).toEqual({ status: 'ok' });
    expect(residentMb() - before).toBeLessThan(100);
    for (const socket of sockets) socket.destroy();
  });

  it('is listed within the budget of tokens, page by page', async () => {
    interface Listing {
      readonly serverAgents: readonly { readonly agents: readonly { readonly fullyQualifiedId: string }[] }[];
      readonly summary: { readonly totalAgents: number; readonly nextCursor?: string };
    }
    const seen = new Set<string>();
    let cursor: string | undefined;
    for (let page = 0; page < 5; page += 1) {
      const listing: Listing = await router.call<Listing>('list-agents', cursor === undefined ? {} : { cursor });
      expect(estimatedTokens(JSON.stringify(listing))).toBeLessThanOrEqual(4_000);
      expect(listing.summary.totalAgents).toBe(ROUTES + 2);
      const ids = listing.serverAgents.flatMap(({ agents }) => agents.map(({ fullyQualifiedId }) => fullyQualifiedId));
      if (page === 0) expect(ids.slice(0, 2)).toEqual(['server0:weather', 'server0:inside']);
      expect(ids.filter((id) => seen.has(id))).toEqual([]);
      for (const id of ids) seen.add(id);
      cursor = listing.summary.nextCursor;
      expect(cursor).toBeDefined();
    }
    const failure = await router.failure('list-agents', { cursor: `${cursor}x`.slice(1) });
    expect(failure).toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('without cursor') as string,
    });
    expect(await router.failure('list-agents', { cursor: cursor ?? '', asn: 65_102 })).toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });

  it('is shown to operators page by page, and by the command line as a whole', async () => {
    const first = await ask(router, '/bgp/routes?limit=100');
    expect(JSON.parse(first.body)).toHaveLength(100);
    const next = /<(.*)>; rel="next"/.exec(String(first.headers.link))?.[1] ?? '';
    const second = await ask(router, next);
    expect(JSON.parse(second.body)).toHaveLength(100);
    expect(JSON.parse(second.body)).not.toContainEqual((JSON.parse(first.body) as object[]).at(-1));
    expect((await ask(router, `${next}&rib=in`)).status).toBe(400);
    const folder = mkdtempSync(path.join(home, 'home-'));
    const env = { HOME: folder, XDG_RUNTIME_DIR: folder, BGP_LISTEN: new URL(router.url).host };
    const shown = await text(spawnProgram(env, ['routes']).stdout);
    expect(shown.split('\n').filter((line) => line.startsWith('flood-'))).toHaveLength(ROUTES);
  });

  it('is answered for at every other place', async () => {
    const id = 'flood-7'.padEnd(120, 'y');
    expect((await ask(router, `/bgp/explain?agent=${id}`)).status).toBe(200);
    expect((await ask(router, `/api/agents/${id}`)).status).toBe(200);
    expect(Object.keys(JSON.parse((await ask(router, '/api/agents')).body) as object)).toHaveLength(ROUTES + 2);
    for (const where of ['/bgp/status', '/bgp/health', '/metrics']) expect((await ask(router, where)).status).toBe(200);
  });
});

import { connect } from 'node:net';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { logged, reaches, said, startTestRouter, type TestRouter } from './test-router.ts';
import { until } from './program.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A request with any headers, including those that `fetch` would not send. */
async function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  const sent = request({ host: '127.0.0.1', port, path, method, headers });
  sent.end(body);
  const [reply] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const part of reply) text += String(part);
  return { status: reply.statusCode ?? 0, body: text };
}

const post = (port: number, path: string, body: object, headers: Record<string, string> = {}) =>
  ask(port, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const json = ({ body }: Answer): unknown => JSON.parse(body);

const update = {
  attributes: { asPath: [65102], nextHop: 'http://127.0.0.1:1', originTime: 1 },
  reach: [{ nlri: 'remote', name: 'Remote', description: 'Posted by hand' }],
};

const OPEN_OF_ANOTHER = JSON.stringify({
  type: 'open',
  version: 4,
  asn: 65102,
  routerId: '10.9.9.9',
  holdTimeSeconds: 90,
  capabilities: {},
});

describe('a router without keys on loopback', () => {
  let port: number;
  let router: TestRouter;
  let mastra: RunningMastra;

  beforeAll(async () => {
    port = await freePort();
    mastra = await startMastra({ agents: [{ id: 'weather', capabilities: ['weather/alps'] }] });
    router = await startTestRouter({
      asn: 65101,
      port,
      peers: ['65102@http://127.0.0.1:9', '65104@http://127.0.0.1:9'],
      servers: mastra.url,
    });
    await reaches(router, 'weather', 'weather/alps');
  });

  afterAll(async () => {
    await router.stop();
    await mastra.stop();
  });

  it('shows its routes, peers, status and health to plain curl', async () => {
    expect(json(await ask(port, '/bgp/routes'))).toMatchObject([
      { agentId: 'weather', family: 'agent', asPath: [65001], best: true, source: 'server0' },
      { agentId: 'weather/alps', family: 'capability' },
    ]);
    expect(json(await ask(port, '/bgp/routes?family=capability'))).toHaveLength(1);
    expect(json(await ask(port, '/bgp/peers'))).toMatchObject([{ name: 'as65102', asn: 65102 }, { name: 'as65104' }]);
    expect(json(await ask(port, '/bgp/status'))).toMatchObject({
      asn: 65101,
      peers: { configured: 2, established: 0 },
    });
    expect(json(await ask(port, '/bgp/health'))).toMatchObject({ status: 'degraded', servers: [{ status: 'online' }] });
    expect(json(await ask(port, '/bgp/explain?agent=weather'))).toMatchObject({
      best: { source: 'server0' },
      others: [],
    });
    expect((await ask(port, '/metrics')).body).toContain('agent_bgp_server_up{server="server0"} 1');
    expect(json(await ask(port, '/healthz'))).toEqual({ status: 'ok' });
  });

  it.each(['/bgp/routes', '/bgp/status', '/metrics', '/healthz', '/api/agents', '/bgp/explain?agent=none', '/nothing'])(
    'answers HEAD of %s as GET, without the body',
    async (path) => {
      const { status } = await ask(port, path);
      expect(await ask(port, path, { method: 'HEAD' })).toEqual({ status, body: '' });
    },
  );

  it.each([
    ['/bgp/routes?rib=all', 'rib must be one of: in, loc, out'],
    ['/bgp/routes?family=tool', 'family must be one of: agent, capability'],
    ['/bgp/routes?peer=x', 'peer must be one of: as65102, 65102, as65104, 65104'],
    ['/bgp/routes?bogus=1', 'each parameter must be one of: family, rib, peer, limit, cursor'],
    ['/bgp/explain', 'agent is missing; use /bgp/explain?agent=<id>'],
  ])('says what is wrong with %s', async (path, error) => {
    expect(await ask(port, path)).toMatchObject({ status: 400, body: JSON.stringify({ error }) });
  });

  it('explains agents only by their ids, and says so', async () => {
    const error = "There is no route to 'server0:weather'. Ask for 'weather' instead; the answer shows every copy.";
    const asked = await ask(port, '/bgp/explain?agent=server0:weather');
    expect(asked).toMatchObject({ status: 404, body: JSON.stringify({ error, code: 'AGENT_NOT_FOUND' }) });
    const nobody = { error: "There is no route to 'server0:nobody'.", code: 'AGENT_NOT_FOUND' };
    expect(json(await ask(port, '/bgp/explain?agent=server0:nobody'))).toEqual(nobody);
  });

  it('accepts a hello of one line from a configured peer, and its routes', async () => {
    const hello = await post(port, '/bgp/hello', { localASN: 65102, timestamp: new Date().toISOString() });
    expect(json(hello)).toMatchObject({
      status: 'established',
      localASN: 65101,
      timestamp: expect.any(String) as string,
    });
    const { session } = json(hello) as { session: string };
    await until(async () => JSON.stringify(json(await ask(port, '/bgp/peers'))).includes('established'));
    expect((await post(port, '/bgp/update', update, { 'bgp-session': session })).status).toBe(200);
    expect(json(await ask(port, '/bgp/routes?peer=as65102'))).toMatchObject([{ agentId: 'remote', asPath: [65102] }]);
    expect((await ask(port, '/bgp/keepalive', { method: 'POST', headers: { 'bgp-session': session } })).status).toBe(
      200,
    );
    await post(port, '/bgp/notification', { code: 6, subcode: 2 }, { 'bgp-session': session });
    expect(json(await ask(port, '/bgp/routes?peer=as65102'))).toEqual([]);
    expect((await post(port, '/bgp/update', update, { 'bgp-session': session })).status).toBe(401);
  });

  it.each([
    ['not JSON', '/bgp/update', '{"bogus', { code: 1, subcode: 3 }],
    ['of an unknown form', '/bgp/route-refresh', '{"family":7}', { code: 1, subcode: 2 }],
    ['another router’s OPEN', '/bgp/hello', OPEN_OF_ANOTHER, { code: 2, subcode: 3 }],
  ])(
    'ends the session for a message that is %s, with a NOTIFICATION as answer (RFC 4271 §6)',
    async (_, path, body, why) => {
      const { session } = json(await post(port, '/bgp/hello', { localASN: 65102 })) as { session: string };
      const headers = { 'bgp-session': session };
      const answer = await ask(port, path, { method: 'POST', headers, body });
      expect({ ...answer, body: json(answer) }).toMatchObject({ status: 400, body: { type: 'notification', ...why } });
      await until(async () => (await post(port, '/bgp/keepalive', {}, headers)).status === 401);
    },
  );

  it('keeps an established session after a hello of one line from another router, but not from the same one', async () => {
    const { session } = json(await post(port, '/bgp/hello', { localASN: 65102 })) as { session: string };
    const other = await post(port, '/bgp/hello', { localASN: 65102, routerId: '10.9.9.9' });
    expect({ ...other, body: json(other) }).toMatchObject({
      status: 409,
      body: { type: 'notification', code: 6, subcode: 7, reason: expect.stringContaining('10.9.9.9') as string },
    });
    await logged(router, 'router 10.9.9.9 must wait until that session ends');
    const alive = (of: string) => post(port, '/bgp/keepalive', {}, { 'bgp-session': of });
    expect((await alive(session)).status).toBe(200);
    const again = json(await post(port, '/bgp/hello', { localASN: 65102 })) as { session: string };
    expect((await alive(again.session)).status).toBe(200);
    await until(async () => (await alive(session)).status === 401);
    const leave = (of: string) => post(port, '/bgp/notification', { code: 6, subcode: 2 }, { 'bgp-session': of });
    await leave(again.session);
    const next = await post(port, '/bgp/hello', { localASN: 65102, routerId: '10.9.9.9' });
    expect(next.status).toBe(200);
    await leave((json(next) as { session: string }).session);
  });

  it('rejects a stranger without a reason, and logs it', async () => {
    const refused = await post(port, '/bgp/hello', { localASN: 65999 });
    expect(refused).toMatchObject({ status: 403, body: JSON.stringify({ type: 'notification', code: 6, subcode: 5 }) });
    await logged(router, 'AS 65999 is not configured as a peer');
  });

  it.each(['/bgp/update', '/bgp/keepalive', '/bgp/notification', '/bgp/route-refresh'])(
    'rejects %s without a session',
    async (path) => {
      expect((await post(port, path, update)).status).toBe(401);
      expect((await post(port, path, update, { 'bgp-session': 'AAAAAAAAAAAAAAAAAAAAAA' })).status).toBe(401);
    },
  );

  it('treats a foreign token like no token', async () => {
    const foreign = { authorization: 'Bearer x' };
    expect((await ask(port, '/bgp/status', { headers: foreign })).status).toBe(200);
    const call = { messages: [{ role: 'user', content: 'hi' }] };
    expect((await post(port, '/api/agents/weather/generate', call, foreign)).status).toBe(200);
    const ended = { 'bgp-session': 'AAAAAAAAAAAAAAAAAAAAAA' };
    expect((await post(port, '/api/agents/weather/generate', call, ended)).status).toBe(401);
  });

  it('rejects a WebSocket without a session', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/bgp/session`, 'agent-bgp.v1');
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('401');
  });

  it.each([
    ['a foreign host name that resolves here', { host: 'evil.example' }],
    ['a page of another origin', { host: '127.0.0.1:PORT', origin: 'https://evil.example' }],
    ['another port of this machine', { host: '127.0.0.1:PORT', origin: 'http://127.0.0.1:8080' }],
    ['a page without an origin', { host: '127.0.0.1:PORT', 'sec-fetch-site': 'cross-site' }],
  ])('rejects requests from %s', async (_, headers) => {
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', String(port))]),
    );
    for (const path of ['/bgp/routes', '/bgp/status', '/healthz', '/api/agents']) {
      expect((await ask(port, path, { headers: sent })).status).toBe(403);
    }
    expect((await post(port, '/api/agents/weather/generate', { messages: ['hi'] }, sent)).status).toBe(403);
    expect((await post(port, '/bgp/hello', { localASN: 65102 }, sent)).status).toBe(403);
  });

  it('accepts localhost in any letter case', async () => {
    for (const host of [`LOCALHOST:${port}`, `LocalHost`]) {
      expect((await ask(port, '/healthz', { headers: { host } })).status).toBe(200);
    }
  });

  it.each(['localhost:99999', ' ', 'a b', '127.0.0.1:', 'me@localhost', 'localhost/x'])(
    'rejects %j as host, and logs no error',
    async (host) => {
      for (const path of ['/healthz', '/bgp/status']) {
        expect((await ask(port, path, { headers: { host } })).status).toBe(400);
      }
      expect(router.stderr()).not.toMatch(/unexpected.error/);
    },
  );

  it.each(['/bgp/other 404', '// 400'])('upgrades connections only for sessions: %s', async (target) => {
    const [path, status] = target.split(' ');
    const headers = { connection: 'upgrade', upgrade: 'websocket' };
    expect((await ask(port, path ?? '', { headers })).status).toBe(Number(status));
  });

  it.each(['/bgp/other', '//', '/bgp/session'])(
    'goes on after a client resets during an upgrade of %s',
    async (path) => {
      for (let round = 0; round < 300; round += 1) {
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        await once(socket, 'connect');
        const asked = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`;
        await new Promise((resolve) => socket.write(asked, resolve));
        socket.resetAndDestroy();
      }
      expect((await ask(port, '/healthz')).status).toBe(200);
    },
  );

  it.each(['..%2F..%2Fsystem', '%2e%2e', '..', 'a%00b', '%E0%A4%A', '~', '~..%2Fx', ''])(
    'has no agent with the id %j',
    async (id) => {
      const answer = await post(port, `/api/agents/${id}/generate`, { messages: [{ role: 'user', content: 'hi' }] });
      expect([400, 404]).toContain(answer.status);
    },
  );

  it('does not read an endless body', async () => {
    const endless = async (path: string, headers: string): Promise<{ written: number; answer: string }> => {
      const socket = connect(port, '127.0.0.1');
      let answer = '';
      const closed = new Promise<void>((resolve) => socket.once('close', resolve));
      socket.on('error', () => undefined).on('data', (data) => (answer += data.toString()));
      socket.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}transfer-encoding: chunked\r\n\r\n`);
      const part = `100000\r\n${'x'.repeat(1024 * 1024)}\r\n`;
      let written = 0;
      for (; written < 1024 && !socket.destroyed && answer === ''; written += 1) {
        if (!socket.write(part)) await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed]);
      }
      socket.destroy();
      return { written, answer };
    };
    const { session } = json(await post(port, '/bgp/hello', { localASN: 65102 })) as { session: string };
    expect((await endless('/api/agents/weather/generate', '')).written).toBeLessThan(64);
    expect((await endless('/bgp/hello', '')).written).toBeLessThan(16);
    expect((await endless('/bgp/update', '')).written).toBeLessThan(16);
    expect((await endless('/bgp/update', `bgp-session: ${session}\r\n`)).written).toBeLessThan(32);
    expect(await ask(port, '/healthz')).toMatchObject({ status: 200 });
  });

  it('logs only its events when clients disconnect in the middle of a message', async () => {
    const cut = async (path: string): Promise<void> => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n{`);
      await once(socket, 'data');
      socket.destroy();
    };
    const { session } = json(await post(port, '/bgp/hello', { localASN: 65102 })) as { session: string };
    const paths = [
      '/bgp/hello',
      `/bgp/update HTTP/1.1\r\nbgp-session: ${session}\r\nx:`,
      '/api/agents/weather/generate',
    ];
    for (let round = 0; round < 10; round += 1) for (const path of paths) await cut(path);
    expect((await ask(port, '/healthz')).status).toBe(200);
    const lines = router.stderr().split('\n').slice(0, -1);
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
    expect(said(router, 'unexpected-error')).toEqual([]);
  });

  it('calls a peer at its configured URL, whatever a route says', async () => {
    const { session } = json(await post(port, '/bgp/hello', { localASN: 65102 })) as { session: string };
    const metadata = { ...update.attributes, nextHop: 'http://169.254.169.254/latest' };
    await post(port, '/bgp/update', { ...update, attributes: metadata }, { 'bgp-session': session });
    const [route] = json(await ask(port, '/bgp/routes?peer=as65102')) as [object];
    expect(route).toMatchObject({ nextHop: 'http://127.0.0.1:9' });
  });

  it.each([
    ['with our own ASN', [65102, 65101], 'as-loop'],
    ['that begins with another AS than the peer’s', [65103], 'first-as'],
  ])('does not use a route %s', async (_, asPath, type) => {
    const { session } = json(await post(port, '/bgp/hello', { localASN: 65102 })) as { session: string };
    await post(
      port,
      '/bgp/update',
      { ...update, attributes: { ...update.attributes, asPath } },
      { 'bgp-session': session },
    );
    expect(json(await ask(port, '/bgp/routes?rib=in&peer=as65102'))).toMatchObject([{ ineligible: { type } }]);
    expect(json(await ask(port, '/bgp/routes?peer=as65102'))).toEqual([]);
  });

  it('removes attributes from a peer’s routes that only our own AS may set', async () => {
    const { session } = json(await post(port, '/bgp/hello', { localASN: 65102 })) as { session: string };
    const communities = ['as:65101', 'internal', 'quick', 'server:server0'];
    const attributes = { ...update.attributes, communities, localPref: 999, clusterList: ['10.0.0.9'] };
    await post(port, '/bgp/update', { ...update, attributes }, { 'bgp-session': session });
    const [route] = json(await ask(port, '/bgp/routes?peer=as65102')) as [object];
    expect(route).toMatchObject({ communities: ['quick'], localPref: 100 });
  });

  it('rejects an invented proof that an agent is gone', async () => {
    const { session } = json(await post(port, '/bgp/hello', { localASN: 65102 })) as { session: string };
    const life = 'A'.repeat(43);
    await post(port, '/bgp/update', { ...update, reach: [{ nlri: 'remote', life }] }, { 'bgp-session': session });
    const other = json(await post(port, '/bgp/hello', { localASN: 65104 })) as { session: string };
    const proofs = ['remote', 'weather'].map((nlri) => ({ nlri, secret: 'A'.repeat(22), life }));
    expect((await post(port, '/bgp/update', { proofs }, { 'bgp-session': other.session })).status).toBe(200);
    const known = json(await ask(port, '/bgp/routes?family=agent')) as { agentId: string }[];
    expect(known.map(({ agentId }) => agentId).sort()).toEqual(['remote', 'weather']);
  });

  it('does not let a peer withdraw routes of another peer', async () => {
    const { session } = json(await post(port, '/bgp/hello', { localASN: 65102 })) as { session: string };
    await post(port, '/bgp/update', update, { 'bgp-session': session });
    const other = json(await post(port, '/bgp/hello', { localASN: 65104 })) as { session: string };
    await post(port, '/bgp/update', { withdrawn: ['remote', 'weather'] }, { 'bgp-session': other.session });
    expect(json(await ask(port, '/bgp/routes?peer=as65102'))).toMatchObject([{ agentId: 'remote' }]);
    expect(json(await ask(port, '/bgp/routes?family=agent'))).toHaveLength(2);
  });

  it('rejects calls of a peer to agents that were not announced to it', async () => {
    const { session } = json(await post(port, '/bgp/hello', { localASN: 65102 })) as { session: string };
    await post(port, '/bgp/update', update, { 'bgp-session': session });
    const call = { messages: [{ role: 'user', content: 'hi' }] };
    const back = await post(port, '/api/agents/remote/generate', call, { 'bgp-session': session });
    expect({ ...back, body: json(back) }).toMatchObject({
      status: 404,
      body: { code: 'AGENT_NOT_FOUND', reached: 'no' },
    });
    const own = await post(port, '/api/agents/weather/generate', call, { 'bgp-session': session });
    expect({ ...own, body: json(own) }).toMatchObject({ status: 200, body: { text: 'echo from weather: hi' } });
  });

  it.each([
    ['has crossed this router', { 'agent-bgp-path': '65102/10.0.0.2, SELF' }, 508, 'LOOP_DETECTED'],
    ['has crossed too many routers', { 'agent-bgp-hop-limit': '0' }, 508, 'LOOP_DETECTED'],
    ['has a malformed path', { 'agent-bgp-path': 'x' }, 400, 'INVALID_REQUEST'],
    ['requires a capability that the agent lacks', { 'agent-bgp-requires': 'cooking' }, 404, 'AGENT_NOT_FOUND'],
  ])('rejects a call that %s', async (_, headers, status, code) => {
    const { routerId } = json(await ask(port, '/bgp/status')) as { routerId: string };
    const self = `65101/${routerId}`;
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('SELF', self)]),
    );
    const answer = await post(
      port,
      '/api/agents/weather/generate',
      { messages: [{ role: 'user', content: 'hi' }] },
      sent,
    );
    expect({ ...answer, body: json(answer) }).toMatchObject({ status, body: { code, reached: 'no' } });
  });

  it('disconnects a client that never ends its headers', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ');
    const timer = setInterval(() => socket.write('a'), 100);
    // `once` would reject on the error of a byte that is written too late.
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.resume();
    await closed;
    clearInterval(timer);
  }, 15_000);
});

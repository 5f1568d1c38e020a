import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { run, runWith } from '../../../unit/interfaces/cli/run.ts';

const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A server that says what it was asked for, or always the same. */
async function echo(
  said?: string,
  status = 200,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    response.statusCode = status;
    response.end(said ?? JSON.stringify({ warnings: [], servers: {}, peers: {}, asked: request.url }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

describe('the commands that query a running router', () => {
  it.each([['routes'], ['peers'], ['status'], ['explain', 'weather'], ['trace', 'weather']])(
    '%s says where it looked when no router answers',
    async (...argv) => {
      const { outcome, out, err } = await run(...argv, '--url', 'http://127.0.0.1:9');
      expect(outcome).toEqual({ type: 'exit', code: 1 });
      expect(out).toBe('');
      expect(err).toMatch(/^No router answers at http:\/\/127\.0\.0\.1:9 \(.*\)\. Start one with BGP_ASN/);
    },
  );

  it.each([['explain'], ['trace']])('%s requires an agent', async (command) => {
    expect(await run(command)).toMatchObject({ outcome: { code: 64 }, out: '' });
  });

  it.each([
    ['foo', 'must begin with http:// or https://, like http://localhost:4111 (got "foo")'],
    ['', 'must begin with http:// or https://, like http://localhost:4111 (got "")'],
    ['localhost:3001', 'must begin with http:// or https://, like http://localhost:4111 (got "localhost:3001")'],
    ['ftp://127.0.0.1', 'must begin with http:// or https://, like http://localhost:4111 (got "ftp://127.0.0.1")'],
    ['http://[', 'is not a URL; write it like http://localhost:4111 (got "http://[")'],
  ])('--url %j is rejected in one line', async (url, fault) => {
    expect(await run('status', '--url', url)).toEqual({
      outcome: { type: 'exit', code: 64 },
      out: '',
      err: `error: --url ${fault}\n`,
    });
  });

  it('requests the same path with and without a trailing slash in --url', async () => {
    const { url, stop } = await echo();
    stops.push(stop);
    for (const base of [url, `${url}/`]) {
      const { out } = await run('status', '--json', '--url', base);
      expect(JSON.parse(out)).toMatchObject({ asked: '/bgp/status' });
    }
  });

  it('prints the errors of peers below their table', async () => {
    const peer = { asn: 65102, status: 'active', routesReceived: 0, routesSent: 0 };
    const { url, stop } = await echo(
      JSON.stringify([
        { ...peer, name: 'a', error: 'Nobody listens.' },
        { ...peer, name: 'b' },
      ]),
    );
    stops.push(stop);
    const { out } = await run('peers', '--url', url);
    expect(out.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^a +65102/),
      expect.stringMatching(/^b +65102/),
      'a: Nobody listens.',
      '',
    ]);
  });

  it('distinguishes another kind of server from an unreachable one', async () => {
    const { url, stop } = await echo('404 Not Found');
    stops.push(stop);
    const { outcome, err } = await run('status', '--url', url);
    expect(outcome).toEqual({ type: 'exit', code: 1 });
    expect(err).toBe(
      `The server at ${url} is not a router, because its reply is not JSON. Pass the URL of the router with --url.\n`,
    );
  });

  it.each(['127.0.0.1', 'localhost'])('reports that no router listens at %s', async (host) => {
    const { url, stop } = await echo();
    await stop();
    const { err } = await run('status', '--url', url.replace('127.0.0.1', host));
    expect(err).toContain('ECONNREFUSED');
  });

  it.each([[{ BGP_LISTEN: 'off' }], [{ BGP_LISTEN: ' off', BGP_PEERS: '65002@http://localhost:3002' }]])(
    'asks nobody when there is no listener: %j',
    async (env) => {
      expect(await runWith(env, 'status')).toEqual({
        outcome: { type: 'exit', code: 1 },
        out: '',
        err: 'The router configured here has no listener, because BGP_LISTEN is off. Set it to host:port, or pass the URL of another router with --url.\n',
      });
    },
  );

  describe('on a malicious router', () => {
    const evil = '\u001b[2J\u009b31m\u202egpj\u2066\u{e0041}\u200b\u0007\r\nfake  row\ud83d';
    const route = {
      agentId: evil,
      family: evil,
      asPath: [evil],
      nextHop: evil,
      localPref: evil,
      med: evil,
      source: evil,
    };
    const answers: Record<string, unknown> = {
      routes: [route],
      peers: [{ name: evil, asn: 1, status: evil, routesReceived: 0, routesSent: 0, error: evil }],
      status: { [evil]: evil, warnings: [evil], servers: { online: evil }, peers: { established: evil } },
      explain: { agent: evil, best: route, others: [{ ...route, reason: evil }], nextHops: [evil] },
      trace: { hops: [{ asn: evil, routerId: evil, ms: evil }] },
    };
    const argvOf = (command: string) => (['explain', 'trace'].includes(command) ? [command, 'weather'] : [command]);
    const lines: Record<string, number> = { routes: 2, peers: 3, status: 4, explain: 4, trace: 2 };

    it.each(Object.keys(answers))('%s prints no terminal control sequences', async (command) => {
      const { url, stop } = await echo(JSON.stringify(answers[command]));
      stops.push(stop);
      const { out } = await run(...argvOf(command), '--url', url);
      expect(out).toMatch(/^[\n -~]+$/);
      expect(out).toContain('\\u202egpj');
      expect(out.trimEnd().split('\n')).toHaveLength(lines[command] ?? 0);
      const asJson = await run(...argvOf(command), '--json', '--url', url);
      expect(asJson.out).toMatch(/^[\n -~]+$/);
      expect(JSON.parse(asJson.out)).toEqual(JSON.parse(JSON.stringify(answers[command])));
    });

    it('prints no control sequences from its errors', async () => {
      const { url, stop } = await echo(JSON.stringify({ error: evil.repeat(10_000) }), 500);
      stops.push(stop);
      const { outcome, err } = await run('routes', '--url', url);
      expect(outcome).toEqual({ type: 'exit', code: 1 });
      expect(err).toMatch(/^[ -~]+\n$/);
      expect(err.length).toBeLessThan(20_000);
    });

    it.each(Object.keys(answers))('%s reports an answer of another form', async (command) => {
      for (const answer of [null, 7, 'x', [null], [{}], {}, { hops: 7 }, [[]], { servers: null, peers: [] }]) {
        const { url, stop } = await echo(JSON.stringify(answer));
        stops.push(stop);
        const { outcome, out, err } = await run(...argvOf(command), '--url', url);
        if (out === '') expect(err).toBe(`The server at ${url} is not a router, or has another version.\n`);
        expect(outcome).toEqual({ type: 'exit', code: out === '' ? 1 : 0 });
      }
    });

    it('truncates JSON that is nested too deep to be serialised', async () => {
      const { url, stop } = await echo(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
      stops.push(stop);
      expect((await run('routes', '--json', '--url', url)).out).toContain('nested too deep');
    });
  });
});

describe('a router with several pages of routes', () => {
  const route = (agentId: string) => ({
    agentId,
    family: 'agent',
    asPath: [],
    localPref: 100,
    med: 0,
    source: 'a',
    nextHop: 'x',
  });

  /** A router whose table has so many pages, and what it was asked for. */
  async function paged(pages: number, link: (page: number) => string) {
    const asked: string[] = [];
    const server = createServer(({ url = '' }, response) => {
      const page = Number(new URL(url, 'http://router').searchParams.get('cursor') ?? 0);
      asked.push(url);
      if (page + 1 < pages) response.setHeader('link', link(page + 1));
      response.end(JSON.stringify([route(`agent-${page}`)]));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(
      () =>
        new Promise((resolve) =>
          server
            .close(() => {
              resolve();
            })
            .closeAllConnections(),
        ),
    );
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
  }

  const next = (page: number) => `</bgp/routes?limit=1000&cursor=${page}>; rel="next"`;

  it('shows all of its pages as one table', async () => {
    const { url, asked } = await paged(3, next);
    const { out } = await run('routes', '--url', url);
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual(['AGENT', 'agent-0', 'agent-1', 'agent-2', '']);
    expect(asked).toEqual([0, 1, 2].map((page) => `/bgp/routes?limit=1000${page === 0 ? '' : `&cursor=${page}`}`));
  });

  it.each([1, 2, 3])('prints %i pages as one JSON list', async (pages) => {
    const { url } = await paged(pages, next);
    const { out } = await run('routes', '--json', '--url', url);
    expect(JSON.parse(out)).toEqual(Array.from({ length: pages }, (_, page) => route(`agent-${page}`)));
  });

  it('cannot redirect the next request to another server', async () => {
    const { url, asked } = await paged(2, (page) => `<http://192.0.2.1/etc/passwd?cursor=${page}>; rel="next"`);
    expect((await run('routes', '--url', url)).out).toContain('agent-1');
    expect(asked[1]).toBe('/bgp/routes?cursor=1');
  });
});

describe('the operators’ key', () => {
  const KEY = 'thirty letters, ü';

  /** A router that lets nobody in without the key, and what it was told. */
  async function locked() {
    const told: (string | undefined)[] = [];
    const basic = `Basic ${Buffer.from(`operator:${KEY}`).toString('base64')}`;
    const server = createServer(({ headers: { authorization } }, response) => {
      told.push(authorization);
      response.statusCode = authorization === basic ? 200 : 401;
      response.end(JSON.stringify({ warnings: [], servers: {}, peers: {} }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stops.push(
      () =>
        new Promise((resolve) =>
          server
            .close(() => {
              resolve();
            })
            .closeAllConnections(),
        ),
    );
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, told, basic, port };
  }

  /** A file in a folder of its own. */
  function file(name: string, text: string): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'ask-'));
    stops.push(() => {
      rmSync(folder, { recursive: true });
      return Promise.resolve();
    });
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  }

  const configured = (listen: string, more = '') => ({
    AGENT_PROXY_CONFIG: file('proxy.yaml', `listen: ${listen}\noperators: {key: "${KEY}"}\n${more}`),
  });

  it('is sent to the configured router after it rejects a request without it', async () => {
    const { url, told, basic, port } = await locked();
    const env = configured(`127.0.0.1:${port}`);
    for (const args of [[], ['--url', url], ['--url', `${url}/`]]) {
      expect((await runWith(env, 'status', ...args)).outcome).toEqual({ type: 'exit', code: 0 });
      expect(told.splice(0)).toEqual([undefined, basic]);
    }
  });

  it.each(['127.0.0.1:9', '"off"\nasn: 65001'])('is sent to no other router, with listen: %s', async (listen) => {
    const { url, told } = await locked();
    const { outcome, err } = await runWith(configured(listen, `advertiseUrl: ${url}`), 'status', '--url', url);
    expect(outcome).toEqual({ type: 'exit', code: 1 });
    expect(err).toContain('requires the operators.key');
    expect(told).toEqual([undefined]);
  });

  it('is read from a file for any other router', async () => {
    const { url, told, basic } = await locked();
    const key = file('key', `${KEY}\n`);
    expect((await run('status', '--url', url, '--key-file', key)).outcome).toEqual({ type: 'exit', code: 0 });
    expect(told).toEqual([undefined, basic]);
    expect(await run('status', '--url', url, '--key-file', `${key}s`)).toMatchObject({
      outcome: { code: 64 },
      err: expect.stringContaining('--key-file cannot be read: ENOENT') as string,
    });
  });
});

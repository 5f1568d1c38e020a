import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { run, runWith } from './run.ts';

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

describe('the commands that look at a running router', () => {
  it.each([['routes'], ['peers'], ['status'], ['explain', 'weather'], ['trace', 'weather']])(
    '%s says where it looked when no router answers',
    async (...argv) => {
      const { outcome, out, err } = await run(...argv, '--url', 'http://127.0.0.1:9');
      expect(outcome).toEqual({ type: 'exit', code: 1 });
      expect(out).toBe('');
      expect(err).toMatch(/^No router answers at http:\/\/127\.0\.0\.1:9 \(.*\)\. Start one with BGP_ASN/);
    },
  );

  it.each([['explain'], ['trace']])('%s needs an agent', async (command) => {
    expect(await run(command)).toMatchObject({ outcome: { code: 64 }, out: '' });
  });

  it.each([
    ['foo', 'must begin with http:// or https://, like http://localhost:4111 (got "foo")'],
    ['', 'must begin with http:// or https://, like http://localhost:4111 (got "")'],
    ['localhost:3001', 'must begin with http:// or https://, like http://localhost:4111 (got "localhost:3001")'],
    ['ftp://127.0.0.1', 'must begin with http:// or https://, like http://localhost:4111 (got "ftp://127.0.0.1")'],
    ['http://[', 'is not a URL; write it like http://localhost:4111 (got "http://[")'],
  ])('--url %j is refused in one line', async (url, fault) => {
    expect(await run('status', '--url', url)).toEqual({
      outcome: { type: 'exit', code: 64 },
      out: '',
      err: `error: --url ${fault}\n`,
    });
  });

  it('asks for the same path whether --url ends in a slash or not', async () => {
    const { url, stop } = await echo();
    stops.push(stop);
    for (const base of [url, `${url}/`]) {
      const { out } = await run('status', '--json', '--url', base);
      expect(JSON.parse(out)).toMatchObject({ asked: '/bgp/status' });
    }
  });

  it('tells what keeps a peer away below the table of peers', async () => {
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

  it('tells something else that answers from nobody who does', async () => {
    const { url, stop } = await echo('404 Not Found');
    stops.push(stop);
    const { outcome, err } = await run('status', '--url', url);
    expect(outcome).toEqual({ type: 'exit', code: 1 });
    expect(err).toBe(
      `What answers at ${url} is no router: its reply is not JSON. Name the router's own URL with --url.\n`,
    );
  });

  it.each(['127.0.0.1', 'localhost'])('says that nobody listens at %s, not only that it failed', async (host) => {
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
        err: 'The router configured here has no listener that could be asked: BGP_LISTEN is off. Set it to host:port, or name another router with --url.\n',
      });
    },
  );

  describe('of a router that means harm', () => {
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

    it.each(Object.keys(answers))('%s prints nothing that a terminal acts on', async (command) => {
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

    it('prints no more of its errors', async () => {
      const { url, stop } = await echo(JSON.stringify({ error: evil.repeat(10_000) }), 500);
      stops.push(stop);
      const { outcome, err } = await run('routes', '--url', url);
      expect(outcome).toEqual({ type: 'exit', code: 1 });
      expect(err).toMatch(/^[ -~]+\n$/);
      expect(err.length).toBeLessThan(20_000);
    });

    it.each(Object.keys(answers))('%s says of an answer of another form what it is', async (command) => {
      for (const answer of [null, 7, 'x', [null], [{}], {}, { hops: 7 }, [[]], { servers: null, peers: [] }]) {
        const { url, stop } = await echo(JSON.stringify(answer));
        stops.push(stop);
        const { outcome, out, err } = await run(...argvOf(command), '--url', url);
        if (out === '') expect(err).toBe(`What answers at ${url} is no router, or one of another version.\n`);
        expect(outcome).toEqual({ type: 'exit', code: out === '' ? 1 : 0 });
      }
    });

    it('prints JSON that is nested deeper than it can be written', async () => {
      const { url, stop } = await echo(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
      stops.push(stop);
      expect((await run('routes', '--json', '--url', url)).out).toContain('nested too deep');
    });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../servers/free-port.ts';
import { forgets, hasSaid, knows, said, startTestRouter, watched, type TestRouter } from './test-router.ts';
import { until } from './program.ts';

type Name = 'first' | 'middle' | 'last';
const ASN: Readonly<Record<Name, number>> = { first: 65201, middle: 65202, last: 65203 };
const NEIGHBOURS: Readonly<Record<Name, readonly Name[]>> = {
  first: ['middle'],
  middle: ['first', 'last'],
  last: ['middle'],
};

/** A server that lists agents when it is let. */
class SlowServer {
  agents: readonly string[];
  readonly #server: Server;
  readonly #waiting: ServerResponse[] = [];
  #held = false;

  constructor(...agents: string[]) {
    this.agents = agents;
    this.#server = createServer((_request, response) => {
      this.#waiting.push(response);
      if (!this.#held) this.release();
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    const listing = JSON.stringify(Object.fromEntries(this.agents.map((id) => [id, { id, name: id }])));
    for (const response of this.#waiting.splice(0)) {
      response.setHeader('content-type', 'application/json').end(listing);
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe.each([30, 0])('three routers in a row with a restart time of %i s', (restartTimeSeconds) => {
  let home: string;
  let ports: Readonly<Record<Name, number>>;
  let servers: Readonly<Record<Name, SlowServer>>;
  let urls: Readonly<Record<Name, string>>;
  let routers: Record<Name, TestRouter>;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'restart-'));
    ports = { first: await freePort(), middle: await freePort(), last: await freePort() };
    servers = {
      first: new SlowServer('of-first'),
      middle: new SlowServer('of-middle', 'passing'),
      last: new SlowServer('of-last'),
    };
    urls = {
      first: await servers.first.listen(),
      middle: await servers.middle.listen(),
      last: await servers.last.listen(),
    };
    routers = { first: await start('first'), middle: await start('middle'), last: await start('last') };
    await Promise.all([knows(routers.first, 'of-last'), knows(routers.last, 'of-first')]);
    await Promise.all([knows(routers.first, 'passing'), knows(routers.last, 'passing')]);
  });

  afterEach(async () => {
    await Promise.all(Object.values(routers).map((router) => router.stop()));
    await Promise.all(Object.values(servers).map((server) => server.close()));
    rmSync(home, { recursive: true, force: true });
  });

  function start(name: Name): Promise<TestRouter> {
    const file = join(home, `${name}.json`);
    const peers = NEIGHBOURS[name].map((of) => ({
      asn: ASN[of],
      url: `http://127.0.0.1:${ports[of]}`,
      restartTimeSeconds,
    }));
    writeFileSync(file, JSON.stringify({ peers }));
    const env = { AGENT_PROXY_CONFIG: file, HOME: home, XDG_RUNTIME_DIR: home };
    return startTestRouter({ asn: ASN[name], port: ports[name], servers: urls[name], env });
  }

  async function kill(name: Name): Promise<void> {
    process.kill(routers[name].pid, 'SIGKILL');
    await routers[name].stop();
  }

  const isUp = async (name: Name) =>
    ((await (await fetch(`http://127.0.0.1:${ports[name]}/bgp/peers`)).json()) as { status: string }[]).every(
      ({ status }) => status === 'established',
    );

  if (restartTimeSeconds === 0) {
    it('take the routes of a killed router away at once', async () => {
      await kill('middle');
      await Promise.all([forgets(routers.first, 'of-middle'), forgets(routers.last, 'of-first')]);
      routers.middle = await start('middle');
      await Promise.all([knows(routers.first, 'of-last'), knows(routers.last, 'of-first')]);
    });
    return;
  }

  it('keep all routes while the one in the middle restarts, until it knows its own agents and its peers’ again (RFC 4724 §4.1)', async () => {
    const { first, last } = routers;
    const seen = watched([
      [first, 'of-middle'],
      [first, 'of-last'],
      [last, 'of-middle'],
      [last, 'of-first'],
    ]);
    await kill('middle');
    servers.middle.agents = ['of-middle'];
    servers.middle.hold();
    routers.middle = await start('middle');
    await until(() => isUp('middle').catch(() => false));
    await until(() => said(first, 'session-up').length === 2 && said(last, 'session-up').length === 2);
    const before = await first.agents();
    expect(Object.keys(before).sort()).toEqual(['of-first', 'of-last', 'of-middle', 'passing']);
    servers.middle.release();
    await Promise.all([forgets(first, 'passing'), forgets(last, 'passing')]);
    expect([...new Set(await seen.end())]).toEqual([]);
    expect(Object.keys(await last.agents()).sort()).toEqual(['of-first', 'of-last', 'of-middle']);
  });

  it('keep the routes of the one at the end too, whichever side dials first (RFC 4724 §4.2)', async () => {
    const seen = watched([
      [routers.first, 'of-last'],
      [routers.middle, 'of-last'],
    ]);
    await kill('last');
    routers.last = await start('last');
    await until(() => said(routers.middle, 'session-up').length === 3);
    await knows(routers.last, 'of-first');
    expect([...new Set(await seen.end())]).toEqual([]);
  });

  it('keep what lies behind the one in the middle until its other peer has told it again (RFC 4724 §4.1)', async () => {
    const seen = watched([[routers.first, 'of-last']]);
    process.kill(routers.last.pid, 'SIGSTOP');
    await kill('middle');
    routers.middle = await start('middle');
    await until(() => said(routers.first, 'session-up').length === 2);
    await knows(routers.middle, 'of-first');
    process.kill(routers.last.pid, 'SIGCONT');
    await knows(routers.middle, 'of-last');
    expect([...new Set(await seen.end())]).toEqual([]);
  });

  it('let go of what a router has said farewell to', async () => {
    await routers.middle.stop();
    await Promise.all([forgets(routers.first, 'of-middle'), forgets(routers.last, 'of-first')]);
    const ends = await hasSaid(routers.first, 'session-down');
    expect(ends.map(({ cause }) => cause)).toEqual(['administrative-shutdown']);
  });
});

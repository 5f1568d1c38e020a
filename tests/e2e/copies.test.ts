import { mkdtempSync, rmSync, chmodSync, mkdirSync, writeFileSync, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { socketPath } from '../../src/control-plane/copies/socket-path.ts';
import { startMastra, type RunningMastra } from '../servers/mastra-server.ts';
import { freePort } from '../servers/free-port.ts';
import { hasSaid, knows, said, startTestRouter, watched, type TestRouter } from './test-router.ts';
import { until, type Env } from './program.ts';

const ASN = 65110;
const PEER_ASN = 65120;
const say = { targetAgentId: 'ledger', messages: [{ role: 'user', content: 'hello' }] };

interface Listing {
  readonly summary: { readonly notice?: string; readonly peers: readonly { readonly state: string }[] };
}

describe('several copies of one user', () => {
  let home: string;
  let port: number;
  let peerPort: number;
  let ledgers: RunningMastra;
  let peer: TestRouter;
  const started: TestRouter[] = [];

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'copies-'));
    port = await freePort();
    peerPort = await freePort();
    ledgers = await startMastra({ agents: [{ id: 'ledger' }, { id: 'slow', chunkDelayMs: 100 }] });
    const env = configured('peer', PEER_ASN, `http://127.0.0.1:${port}`, ASN);
    peer = await startTestRouter({ asn: PEER_ASN, port: peerPort, servers: ledgers.url, env });
  });

  afterEach(async () => {
    await Promise.all([...started.splice(0), peer].map((router) => router.stop()));
    await ledgers.stop();
    rmSync(home, { recursive: true, force: true });
  });

  /** Peers that keep each other's routes over a restart, in a home of their own. */
  function configured(name: string, asn: number, url: string, peerAsn: number, more: object = {}): Env {
    const file = join(home, `${name}.json`);
    writeFileSync(file, JSON.stringify({ asn, peers: [{ asn: peerAsn, url, restartTimeSeconds: 30, ...more }] }));
    return { AGENT_PROXY_CONFIG: file, HOME: home, XDG_RUNTIME_DIR: home };
  }

  async function start(env: Env = {}, servers = 'none', asn = ASN): Promise<TestRouter> {
    const own = configured('copies', ASN, `http://127.0.0.1:${peerPort}`, PEER_ASN);
    const copy = await startTestRouter({ asn, port, servers, env: { ...own, ...env } });
    started.push(copy);
    return copy;
  }

  const startMany = (count: number) => Promise.all(Array.from({ length: count }, () => start()));

  const socket = () => socketPath({ host: '127.0.0.1', port }, { XDG_RUNTIME_DIR: home });

  async function ownerOf(copies: readonly TestRouter[]): Promise<TestRouter> {
    await until(() => copies.some((copy) => said(copy, 'listening').length > 0));
    return copies.find((copy) => said(copy, 'listening').length > 0)!;
  }

  async function followed(copy: TestRouter): Promise<void> {
    await until(() => said(copy, 'copy-follows').length > 0);
  }

  async function kill(copy: TestRouter): Promise<void> {
    started.splice(started.indexOf(copy), 1);
    process.kill(copy.pid, 'SIGKILL');
    await copy.stop();
  }

  /**
   * Calls until there is an answer. A call that was in progress at a killed owner may have been accepted, so it is not
   * repeated for the caller.
   */
  async function answered(copy: TestRouter, args: object = say): Promise<void> {
    await until(async () => {
      const { isError, content } = await copy.client.callTool({ name: 'agent-proxy', arguments: { ...args } });
      if (isError === true) expect(JSON.stringify(content)).toContain('SERVER_UNAVAILABLE');
      return isError !== true;
    });
  }

  it('share one router when they start in the same millisecond: one owns the port, and both call its peers', async () => {
    const copies = await startMany(2);
    await Promise.all(copies.map((copy) => knows(copy, 'ledger')));
    const owner = await ownerOf(copies);
    expect(copies.filter((copy) => said(copy, 'listening').length > 0)).toEqual([owner]);
    for (const copy of copies) {
      expect(await copy.call('agent-proxy', say)).toMatchObject({
        success: true,
        serverUsed: peer.url,
        fullyQualifiedId: `as${PEER_ASN}:ledger`,
        routeMetrics: { asPath: [PEER_ASN] },
      });
    }
    expect(await (await fetch(`${owner.url}/bgp/status`)).json()).toMatchObject({ followers: 1 });
  });

  it('accept guests again when another copy takes over', async () => {
    const guests = [{ asns: '65200', key: 'come in' }];
    const hosts = join(home, 'hosts.json');
    writeFileSync(hosts, JSON.stringify({ asn: ASN, guests }));
    const env = { AGENT_PROXY_CONFIG: hosts };
    const one = await start(env);
    await ownerOf([one]);
    const other = await start(env);
    await followed(other);
    const introduced = configured('guest', 65_200, one.url, ASN, { key: 'come in' });
    const guest = await startTestRouter({
      asn: 65_200,
      port: await freePort(),
      servers: ledgers.url,
      env: introduced,
    });
    started.push(guest);
    await knows(one, 'ledger');
    await kill(one);
    await knows(other, 'ledger');
    expect(await hasSaid(other, 'session-up')).toHaveLength(1);
  });

  it('share one router when ten start at once: the peer has one session, and all ten work', async () => {
    const copies = await startMany(10);
    await Promise.all(copies.map((copy) => knows(copy, 'ledger')));
    const replies = await Promise.all(copies.map((copy) => copy.call('agent-proxy', say)));
    expect(replies.map(({ success }) => success)).toEqual(copies.map(() => true));
    expect(await hasSaid(peer, 'session-up')).toHaveLength(1);
    expect(said(peer, 'session-down')).toHaveLength(0);
    expect(said(peer, 'peer-refused')).toHaveLength(0);
    expect(copies.filter((copy) => said(copy, 'listening').length > 0)).toEqual([await ownerOf(copies)]);
  });

  it('relay streams and their progress through the owner', async () => {
    const copies = await startMany(2);
    await Promise.all(copies.map((copy) => knows(copy, 'ledger')));
    const chunks: unknown[] = [];
    const owner = await ownerOf(copies);
    const follower = copies.find((copy) => copy !== owner)!;
    await followed(follower);
    const reply = await follower.call(
      'agent-proxy',
      { ...say, targetAgentId: 'slow', interactionType: 'stream' },
      { onprogress: (progress) => chunks.push(progress) },
    );
    expect(reply).toMatchObject({ responseData: { type: 'collected_stream' } });
    expect(chunks.length).toBeGreaterThan(1);
  });

  it('do not announce agents that only a follower has', async () => {
    const own = await startMastra({ agents: [{ id: 'private' }] });
    const owner = await start();
    await knows(owner, 'ledger');
    const follower = await start({}, own.url);
    await knows(follower, 'private');
    await knows(follower, 'ledger');
    expect(Object.keys(await follower.agents()).sort()).toEqual(['ledger', 'private', 'slow']);
    expect(Object.keys(await owner.agents())).toEqual(['ledger', 'slow']);
    expect(Object.keys(await peer.agents())).toEqual(['ledger', 'slow']);
    await own.stop();
  });

  it('take over as the same router when the owner is killed, and answer calls that are made meanwhile', async () => {
    const books = await startMastra({ agents: [{ id: 'books' }] });
    const copies = await Promise.all([start({}, books.url), start({}, books.url), start({}, books.url)]);
    await Promise.all(copies.map((copy) => knows(copy, 'ledger')));
    await knows(peer, 'books');
    const owner = await ownerOf(copies);
    const others = copies.filter((copy) => copy !== owner);
    const { routerId } = await status(owner);
    const seen = watched([...others.map((copy) => [copy, 'ledger'] as const), [peer, 'books'] as const]);
    await kill(owner);
    const calls = others.map((copy) => answered(copy));
    await until(async () => (await status(owner).catch(() => undefined))?.peers.established === 1);
    expect((await status(owner)).routerId).toBe(routerId);
    await Promise.all(calls);
    await answered(peer, { ...say, targetAgentId: 'books' });
    expect(await seen.end()).toEqual([]);
    await books.stop();
  });

  it('take over without a NOTIFICATION to peers when the owner stops', async () => {
    const books = await startMastra({ agents: [{ id: 'books' }] });
    const copies = await Promise.all([start({}, books.url), start({}, books.url)]);
    await Promise.all(copies.map((copy) => knows(copy, 'ledger')));
    await knows(peer, 'books');
    const owner = await ownerOf(copies);
    const heir = copies.find((copy) => copy !== owner)!;
    await followed(heir);
    const seen = watched([
      [heir, 'ledger'],
      [peer, 'books'],
    ]);
    started.splice(started.indexOf(owner), 1);
    await owner.stop();
    await until(async () => said(heir, 'listening').length > 0 && (await status(heir)).peers.established === 1);
    expect(await heir.call('agent-proxy', say)).toMatchObject({ success: true });
    expect(await peer.call('agent-proxy', { ...say, targetAgentId: 'books' })).toMatchObject({ success: true });
    expect(await seen.end()).toEqual([]);
    expect((await hasSaid(peer, 'session-down')).map(({ cause }) => cause)).toEqual(['transport-failed']);
    await books.stop();
  });

  it('start again if a killed copy has left its socket behind', async () => {
    const first = await start();
    await knows(first, 'ledger');
    await until(() => existsSync(socket()));
    await kill(first);
    expect(existsSync(socket())).toBe(true);
    const second = await start();
    await until(() => said(second, 'listening').length > 0);
    const third = await start();
    await followed(third);
    await knows(third, 'ledger');
    expect(await third.call('agent-proxy', say)).toMatchObject({ success: true });
  });

  it('run alone with a notice while another program has the port, and take the port later', async () => {
    const own = await startMastra({ agents: [{ id: 'private' }] });
    const stranger = await listening(port);
    const copy = await start({}, own.url);
    await knows(copy, 'private');
    await until(async () => (await notice(copy)) !== undefined);
    expect(await notice(copy)).toBe(
      'This copy runs alone, without its peers: a program that is not a copy of this one has the port.',
    );
    expect(await hasSaid(copy, 'copy-alone')).toHaveLength(1);
    expect((await copy.call<Listing>('list-agents', {})).summary.peers).toEqual([]);
    expect(await copy.call('agent-proxy', { ...say, targetAgentId: 'private' })).toMatchObject({ success: true });
    await close(stranger);
    await knows(copy, 'ledger');
    expect(await notice(copy)).toBeUndefined();
    await own.stop();
  });

  it('never join a process that does not know the secret of the user', async () => {
    const onPort = await listening(port);
    mkdirSync(join(home, 'mcp-agent-proxy'), { mode: 0o700 });
    const asked: string[] = [];
    const impostor = await listening(socket(), (path) => {
      asked.push(path);
      return JSON.stringify({ pid: 1, nonce: 'n', proof: 'A'.repeat(43), differs: [] });
    });
    const copy = await start();
    await until(async () => (await notice(copy)) !== undefined);
    expect(await notice(copy)).toContain(socket());
    expect(new Set(asked)).toEqual(new Set(['/introduction']));
    await close(impostor);
    await close(onPort);
  });

  it('never look for others in a directory that is open to other users', async () => {
    const owner = await start();
    await until(() => existsSync(socket()));
    chmodSync(join(home, 'mcp-agent-proxy'), 0o755);
    const copy = await start();
    await until(async () => (await notice(copy)) !== undefined);
    expect(await notice(copy)).toContain(`${join(home, 'mcp-agent-proxy')} is open to other users`);
    expect(said(owner, 'copy-follows')).toHaveLength(0);
    expect(said(copy, 'session-up')).toHaveLength(0);
  });

  it.each([
    ['AS number', { BGP_ASN: '65111' }, {}],
    ['router id', { BGP_ROUTER_ID: '10.9.9.9' }, {}],
    ['peers', {}, { url: 'http://127.0.0.1:9' }],
    ['keys', {}, { key: 'another secret' }],
  ])('run alone with a notice if their %s differs', async (what, env, peerMore) => {
    const owner = await start();
    await knows(owner, 'ledger');
    const other = configured('other', ASN, `http://127.0.0.1:${peerPort}`, PEER_ASN, peerMore);
    const copy = await start({ ...other, ...env });
    await until(async () => (await notice(copy)) !== undefined);
    expect(await notice(copy)).toBe(
      `This copy runs alone, without its peers: process ${owner.pid} of this user has the port, but with different settings: ${what}.`,
    );
    expect(Object.keys(await copy.agents())).toEqual([]);
    expect(await hasSaid(peer, 'session-up')).toHaveLength(1);
  });

  it('send a NOTIFICATION when all stop at once, and leave no socket behind', async () => {
    const copies = await startMany(3);
    await Promise.all(copies.map((copy) => knows(copy, 'ledger')));
    await Promise.all(copies.map((copy) => until(() => said(copy, 'session-up').length > 0)));
    await Promise.all(started.splice(0).map((copy) => copy.stop()));
    expect((await hasSaid(peer, 'session-down')).map(({ cause }) => cause)).toEqual(['administrative-shutdown']);
    expect(existsSync(socket())).toBe(false);
  });
});

async function status(router: TestRouter): Promise<{ routerId: string; peers: { established: number } }> {
  return (await fetch(`${router.url}/bgp/status`)).json() as never;
}

async function notice(copy: TestRouter): Promise<string | undefined> {
  return (await copy.call<Listing>('list-agents', {})).summary.notice;
}

/** A program that is not a copy, on a port or a socket. */
async function listening(on: number | string, answer = (_path: string) => 'hello'): Promise<Server> {
  const server = createServer((request, response) => response.end(answer(request.url ?? '')));
  const listen = (done: () => void) =>
    typeof on === 'number' ? server.listen(on, '127.0.0.1', done) : server.listen(on, done);
  await new Promise<void>((resolve) => {
    listen(resolve);
  });
  return server;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { drawNonce, Handshake } from '../../../src/control-plane/peering/handshake.ts';
import { PROTOCOL, wireChallenge, type Hello } from '../../../src/control-plane/peering/hello.ts';
import { startCanned, type CannedServer } from '../../servers/canned-server.ts';
import { introduce, postHello, RawPeer, type RawPeerOptions } from '../../servers/raw-peer.ts';
import { freePort } from '../../servers/free-port.ts';
import { reaches, said, startTestRouter, type TestRouter } from '../test-router.ts';
import { until } from '../program.ts';

const PEER: RawPeerOptions = { asn: 65_102, routerId: '10.0.0.2', key: 'the key of AS 65102' };
const GUEST_KEY = 'the key of all guests';
const HOST = '127.0.0.1';

let home: string;
let server: CannedServer;
let router: TestRouter;
let port: number;
const ends: (() => unknown)[] = [];

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'strangers-'));
  server = await startCanned();
  port = await freePort();
  const file = path.join(home, 'router.json');
  const peers = [{ asn: PEER.asn, key: PEER.key, url: 'http://127.0.0.1:9', passive: true }];
  writeFileSync(file, JSON.stringify({ peers, guests: [{ asns: '65200-65299', key: GUEST_KEY }] }));
  const env = { AGENT_PROXY_CONFIG: file, HOME: home, XDG_RUNTIME_DIR: home };
  router = await startTestRouter({ asn: 65_101, port, servers: server.url, env });
  await reaches(router, 'canned');
});

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

afterAll(async () => {
  await router.stop();
  await server.stop();
  rmSync(home, { recursive: true });
});

/** A connection that says something and notes what it hears; it stays open until the test ends. */
class Client {
  heard = '';
  readonly socket: Socket;

  constructor(says: string) {
    this.socket = connect(port, HOST).setEncoding('latin1');
    this.socket.on('data', (text) => (this.heard += String(text))).on('error', () => undefined);
    this.socket.write(says);
    ends.push(() => this.socket.destroy());
  }

  /** How many answers it has heard. */
  get answers(): number {
    return this.heard.split('HTTP/1.1 ').length - 1;
  }
}

const get = (where: string) => `GET ${where} HTTP/1.1\r\nhost: ${HOST}\r\n\r\n`;

/** The status of an answer over a connection of its own. */
async function status(where: string): Promise<number> {
  const sent = request({ host: HOST, port, path: where, agent: false }).end();
  const [reply] = (await once(sent, 'response')) as [{ statusCode: number; resume: () => void }];
  reply.resume();
  return reply.statusCode;
}

const callOurOwn = () =>
  router.call('agent-proxy', { targetAgentId: 'canned', messages: [{ role: 'user', content: 'hi' }] });

/** A peer whose session is up. */
async function up(options: RawPeerOptions): Promise<RawPeer> {
  const peer = await RawPeer.dial(router.url, options);
  ends.push(() => peer.close());
  await until(() => peer.heard.some(({ type }) => type === 'keepalive'));
  return peer;
}

const hello = (): Hello => {
  const { asn, routerId = '' } = PEER;
  return { type: 'hello', protocol: PROTOCOL, asn, routerId, nonce: drawNonce(), time: Date.now() };
};

/** Says hello so many times over each of some connections, in the name of the peer and from its address. */
function flood(connections: number, hellos: number): Client[] {
  const body = JSON.stringify(hello());
  const one = `POST /bgp/hello HTTP/1.1\r\nhost: ${HOST}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  return Array.from({ length: connections }, () => new Client(one.repeat(hellos)));
}

describe('a flood of hellos', () => {
  it('pushes out no challenge that a peer is about to meet', async () => {
    const ours = hello();
    const challenge = wireChallenge.parse(await postHello(router.url, ours));
    const clients = flood(4, 300);
    await until(() => clients.every(({ answers }) => answers === 300));
    const proof = new Handshake(PEER.key, ours, challenge).proof('dialler');
    const welcome = await postHello(router.url, { type: 'proof', session: challenge.session, proof });
    expect(welcome).toMatchObject({ type: 'welcome' });
  });

  it('keeps no peer away that comes up meanwhile', async () => {
    const hellos = 2_000;
    const clients = flood(4, hellos);
    await until(() => clients.every(({ answers }) => answers > 0));
    await up(PEER);
    expect(clients.some(({ answers }) => answers < hellos)).toBe(true);
  });
});

describe('two thousand connections that are kept alive', () => {
  it('keep out neither a newcomer nor a peer, and take no place from one that is here', async () => {
    const peer = await up(PEER);
    const idle: Client[] = [];
    // In batches, because the system itself keeps back what comes faster than it is accepted.
    while (idle.length < 2_000) {
      const batch = Array.from({ length: 250 }, () => new Client(get('/healthz')));
      idle.push(...batch);
      await until(() => batch.every(({ answers, socket }) => answers === 1 || socket.destroyed));
    }
    expect(await status('/healthz')).toBe(200);
    await up({ asn: 65_200, routerId: '10.2.0.1', key: GUEST_KEY });
    await callOurOwn();
    expect(peer.socket.readyState).toBe(peer.socket.OPEN);
    await until(() => idle.filter(({ socket }) => !socket.destroyed).length <= 1_000);
  });
});

describe('a thousand introductions of guests without a link', () => {
  it('leave all places to guests that have one', async () => {
    const introduced = async (at: number) =>
      introduce(router.url, { asn: 65_201, routerId: `10.3.${at >> 8}.${at & 255}`, key: GUEST_KEY });
    for (let at = 0; at < 1_000; at += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, next) => introduced(at + next)));
    }
    await up({ asn: 65_202, routerId: '10.4.0.1', key: GUEST_KEY });
    const peers = (await (await fetch(`${router.url}/bgp/peers`)).json()) as { name: string }[];
    expect(peers.map(({ name }) => name).sort()).toEqual(['as65102', 'as65202/10.4.0.1']);
  });
});

describe('requests that are sent without waiting for answers', () => {
  it('are answered in order, one connection after the other, and our own calls in between', async () => {
    const [connections, requests] = [4, 1_500];
    const clients = Array.from({ length: connections }, () => new Client(get('/bgp/status').repeat(requests)));
    await until(() => clients.every(({ answers }) => answers > 0));
    await callOurOwn();
    const answered = clients.reduce((sum, { answers }) => sum + answers, 0);
    expect(answered).toBeLessThan(connections * requests);
    await until(() => clients.every(({ answers }) => answers === requests), 50_000);
    for (const { heard } of clients) expect(heard.split('HTTP/1.1 200').length - 1).toBe(requests);
  });

  it('have no way past that limit in an expectation, which the server would answer by itself', async () => {
    const requests = 20_000;
    const client = new Client(`GET / HTTP/1.1\r\nhost: ${HOST}\r\nexpect: x\r\n\r\n`.repeat(requests));
    await until(() => client.answers > 0);
    await callOurOwn();
    expect(client.answers).toBeLessThan(requests);
  });
});

describe('whoever proved nothing', () => {
  it('leaves no trace but refusals in the log', () => {
    expect(said(router, 'unexpected-error')).toEqual([]);
  });
});

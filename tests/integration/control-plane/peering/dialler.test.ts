import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { Dialler, DialFailed } from '../../../../src/control-plane/peering/dialler.ts';
import { drawNonce, Handshake } from '../../../../src/control-plane/peering/handshake.ts';
import { PROTOCOL, wireHello, type Challenge, type Hello } from '../../../../src/control-plane/peering/hello.ts';
import { HttpLink } from '../../../../src/control-plane/peering/http-link.ts';
import { PeerRefused } from '../../../../src/control-plane/peering/peer-refused.ts';
import type { Session } from '../../../../src/control-plane/peering/authenticated-session.ts';
import { Sessions } from '../../../../src/control-plane/peering/sessions.ts';
import { WebSocketLink } from '../../../../src/control-plane/peering/web-socket-link.ts';
import { RefusedByPeer } from '../../../../src/control-plane/speaker/refused-by-peer.ts';

const LOCAL = { asn: 65_101, routerId: '10.0.0.1' };
const REMOTE = { asn: 65_102, routerId: '10.0.0.2' };
const KEY = 'ours';

/** Behaviour of the dialled router. */
interface Answering {
  readonly asn: number;
  readonly key: string;
  /** Replaces the answer to a hello. */
  readonly instead?: { readonly status: number; readonly body: unknown };
  /** HTTP status instead of a WebSocket. */
  readonly upgrade?: number;
}

let server: Server;
let url: string;
let answering: Answering;
let upgrades: IncomingMessage[];
let sessions: Sessions;
let postedTo: WeakMap<Session, HttpLink>;
const stops: (() => unknown)[] = [];

beforeEach(async () => {
  answering = { asn: REMOTE.asn, key: KEY };
  upgrades = [];
  sessions = new Sessions();
  postedTo = new WeakMap();
  let said: { hello: Hello; challenge: Challenge } | undefined;
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const json = JSON.parse(body) as Record<string, unknown>;
      const hello = wireHello.safeParse(json);
      const { instead, asn, key } = answering;
      let answer: unknown = instead?.body;
      if (instead === undefined && hello.success) {
        const challenge = { ...REMOTE, asn, type: 'challenge', session: drawNonce(), nonce: drawNonce() } as const;
        said = { hello: hello.data, challenge };
        answer = challenge;
      } else if (instead === undefined && said !== undefined) {
        answer = { type: 'welcome', proof: new Handshake(key, said.hello, said.challenge).proof('answerer') };
      }
      response.writeHead(instead?.status ?? 200).end(JSON.stringify(answer));
    });
  });
  const webSockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket: Socket, head) => {
    upgrades.push(request);
    if (answering.upgrade !== undefined) {
      socket.end(`HTTP/1.1 ${answering.upgrade} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  sessions.stop();
  server.close();
  server.closeAllConnections();
});

/** Dials the peer as a router that others can or cannot reach. */
async function dial({ signal = AbortSignal.timeout(10_000), reachable = true } = {}) {
  const peer = { id: 'b', account: 'b', asn: REMOTE.asn, url, key: KEY };
  const shared = { local: LOCAL, sessions, fetchOf: () => globalThis.fetch, postedTo };
  const link = await new Dialler({ ...shared, url: reachable ? 'http://a' : undefined, peer: () => peer }).dial(
    'b',
    signal,
  );
  stops.push(() => link.close());
  return link;
}

const isKnown = ({ id }: Session) => sessions.named((name) => (name === 'bgp-session' ? id : undefined)) !== undefined;

describe('a peer that is dialled', () => {
  it('accepts a WebSocket for the session after mutual proof of the key', async () => {
    const link = await dial();
    expect(link).toBeInstanceOf(WebSocketLink);
    expect(link.session).toMatchObject({ peer: 'b', account: 'b', url, local: LOCAL, remote: REMOTE });
    expect(isKnown(link.session)).toBe(true);
    expect(upgrades[0]?.headers).toMatchObject({
      'sec-websocket-protocol': PROTOCOL,
      authorization: expect.stringMatching(/^Bearer /) as string,
    });
  });

  it.each([400, 404, 405, 426, 501, 502])('gets posted messages if it answers a WebSocket with %i', async (status) => {
    answering = { ...answering, upgrade: status };
    const link = await dial();
    expect(link).toBeInstanceOf(HttpLink);
    expect(postedTo.get(link.session)).toBe(link);
  });

  it('cannot be used without a WebSocket by a router that others cannot reach', async () => {
    answering = { ...answering, upgrade: 426 };
    await expect(dial({ reachable: false })).rejects.toThrow(
      'the peer does not accept a WebSocket, and it cannot post messages to us',
    );
  });

  it('makes the dial fail if it rejects the WebSocket with another status', async () => {
    answering = { ...answering, upgrade: 503 };
    await expect(dial()).rejects.toThrow('the peer rejects the WebSocket with HTTP 503');
  });

  it('makes the dial fail if the dial is aborted, which leaves no session', async () => {
    const giveUp = new AbortController();
    server.removeAllListeners('upgrade').on('upgrade', (request) => {
      upgrades.push(request);
      giveUp.abort();
    });
    await expect(dial({ signal: giveUp.signal })).rejects.toThrow(DialFailed);
    const header = (name: string) => upgrades[0]?.headers[name] as string | undefined;
    expect(sessions.named(header)).toBeUndefined();
  });

  it.each([
    ['of another AS', { asn: 65_109 }, 'AS 65109 answers, but AS 65102 is configured'],
    ['that does not know the key', { key: 'another' }, 'the answering router does not know the key'],
  ])('is rejected if the answer comes from a router %s', async (_what, change, reason) => {
    answering = { ...answering, ...change };
    await expect(dial()).rejects.toThrow(PeerRefused);
    await expect(dial()).rejects.toThrow(reason);
    expect(upgrades).toEqual([]);
  });

  it.each([
    ['answers 403', 403, {}, /rejects AS 65101 \(HTTP 403\)/],
    [
      'has a session with another router',
      409,
      { type: 'notification', code: 6, subcode: 7, reason: 'wait' },
      /: wait$/,
    ],
  ])('counts as having rejected us if it %s', async (_what, status, body, reason) => {
    answering = { ...answering, instead: { status, body } };
    await expect(dial()).rejects.toThrow(RefusedByPeer);
    await expect(dial()).rejects.toThrow(reason);
  });

  it.each([
    ['an error', 500, {}, 'answers hello with HTTP 500'],
    ['a 409 without a NOTIFICATION', 409, {}, 'answers hello with HTTP 409'],
    ['an unknown message', 200, { hello: 'world' }, 'does not answer hello like a router'],
  ])('makes the dial fail if it answers with %s', async (_what, status, body, reason) => {
    answering = { ...answering, instead: { status, body } };
    await expect(dial()).rejects.toThrow(DialFailed);
    await expect(dial()).rejects.toThrow(reason);
  });
});

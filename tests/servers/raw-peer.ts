import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { WireMessage } from '../../src/core/bgp/packet/wire.ts';
import { drawNonce, Handshake } from '../../src/control-plane/peering/handshake.ts';
import { PROTOCOL, wireChallenge, wireWelcome } from '../../src/control-plane/peering/hello.ts';
import type { Session } from '../../src/control-plane/peering/authenticated-session.ts';
import { credentials } from '../../src/control-plane/peering/sessions.ts';

export interface RawPeerOptions {
  readonly asn: number;
  readonly routerId?: string;
  readonly key?: string;
  /** Where it says that it takes calls. */
  readonly url?: string;
}

/** What a router says to an introduction that it does not take. */
export class NotIntroduced extends Error {
  readonly status: number;
  readonly body: string;

  constructor(status: number, body: string) {
    super(`HTTP ${status}: ${body}`);
    this.status = status;
    this.body = body;
  }
}

/** Proves to a router who we are, as a dialling peer does; gives back the session and all that was said on the way. */
export async function introduce(router: string, { asn, routerId = quadOf(asn), key, url }: RawPeerOptions) {
  const local = { asn, routerId };
  const hello = {
    type: 'hello' as const,
    protocol: PROTOCOL,
    ...local,
    nonce: drawNonce(),
    time: Date.now(),
    ...(url !== undefined && { url }),
  };
  const challenge = wireChallenge.parse(await postHello(router, hello));
  const handshake = new Handshake(key, hello, challenge);
  const proof = { type: 'proof', session: challenge.session, proof: handshake.proof('dialler') };
  wireWelcome.parse(await postHello(router, proof));
  const session: Session = {
    id: challenge.session,
    peer: router,
    url: router,
    local,
    remote: { asn: challenge.asn, routerId: challenge.routerId },
    account: '',
    tokenKey: key === undefined ? undefined : handshake.tokenKey(),
  };
  return { session, hello, proof };
}

/** What a router answers to a hello or a proof; rejects with {@link NotIntroduced}. */
export async function postHello(router: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${router}/bgp/hello`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new NotIntroduced(response.status, text);
  return JSON.parse(text) as unknown;
}

/** A peer without a router behind it: it says what it is told to, however wrong, and reads only while it should. */
export class RawPeer {
  readonly session: Session;
  readonly socket: WebSocket;
  readonly heard: WireMessage[] = [];

  constructor(session: Session, socket: WebSocket, open: object) {
    this.session = session;
    this.socket = socket;
    socket.once('open', () => {
      this.say(open);
    });
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as WireMessage;
      this.heard.push(message);
      if (message.type === 'open' || message.type === 'keepalive') this.say({ type: 'keepalive' });
    });
    socket.on('error', () => undefined);
  }

  /** Resolves when the connection is open; OPEN, with what is given of it, is said by itself, and a KEEPALIVE for each of the router's. */
  static async dial(router: string, options: RawPeerOptions, open: object = {}): Promise<RawPeer> {
    const { session } = await introduce(router, options);
    const headers = await credentials(session);
    const socket = new WebSocket(`${router.replace('http', 'ws')}/bgp/session`, PROTOCOL, { headers });
    const { asn, routerId } = session.local;
    const capabilities = { families: ['agent', 'capability'], proofs: true, routeRefresh: true };
    const said = { type: 'open', version: 4, asn, routerId, holdTimeSeconds: 90, capabilities, ...open };
    const peer = new RawPeer(session, socket, said);
    await once(socket, 'open');
    return peer;
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Says how many routes end this way: by name, each under the peer's own AS. */
  announce(nlris: readonly string[], attributes: object = {}): void {
    const path = { asPath: [this.session.local.asn], originTime: 1, ...attributes };
    this.say({ type: 'update', attributes: path, reach: nlris.map((nlri) => ({ nlri })) });
  }

  async close(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => this.socket.once('close', resolve));
    this.socket.terminate();
    await closed;
  }
}

function quadOf(asn: number): string {
  return `10.1.${(asn >> 8) & 255}.${asn & 255}`;
}

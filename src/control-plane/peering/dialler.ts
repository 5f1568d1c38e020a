import { WebSocket } from 'ws';
import type { z } from 'zod';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { wireNotification } from '../../core/bgp/packet/wire.ts';
import type { KnownPeer } from './doorkeeper.ts';
import { drawNonce, Handshake } from './handshake.ts';
import { PROTOCOL, wireChallenge, wireWelcome, type Hello } from './hello.ts';
import { HttpLink } from './http-link.ts';
import { MAX_MESSAGE_BYTES } from './json-codec.ts';
import { PeerRefused } from './peer-refused.ts';
import { readMessage } from './read-message.ts';
import { refusalBy, RefusedByPeer } from '../speaker/refused-by-peer.ts';
import type { Identity } from '../speaker/identity.ts';
import type { Session } from './authenticated-session.ts';
import type { SessionLink } from './session-link.ts';
import { credentials, type Sessions } from './sessions.ts';
import { WebSocketLink } from './web-socket-link.ts';

export interface DiallerOptions {
  readonly local: Identity;
  /** Base URL under which we take calls and messages, or undefined if others cannot reach us. */
  readonly url: string | undefined;
  readonly peer: (id: PeerId) => KnownPeer | undefined;
  readonly sessions: Sessions;
  readonly fetchOf: (peer: PeerId) => typeof globalThis.fetch;
  /** Links to which peers post messages. */
  readonly postedTo: WeakMap<Session, HttpLink>;
}

/** URL of a peer and the function that sends requests to it. */
interface Place {
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
}

/** Error of a dial because the peer does not answer as expected. */
export class DialFailed extends Error {}

/**
 * Error of a dial because the peer answered 403. The peer does not disclose the reason, because strangers could learn
 * from it.
 */
class NotLetIn extends RefusedByPeer {
  constructor(url: string, { asn }: Identity) {
    super(
      `${url} rejects AS ${asn} (HTTP 403). It must have AS ${asn} as a peer with the same key, and both clocks must agree. ` +
        'Its log has the reason.',
    );
  }
}

const UPGRADE_TIMEOUT_MS = 10_000;

/** Status codes with which a server or proxy answers if it accepts requests but no WebSocket. */
const NO_WEB_SOCKET = new Set([400, 404, 405, 426, 501, 502]);

/**
 * Connects to peers. Proves our identity, verifies the peer's, and opens a WebSocket or falls back to plain requests.
 */
export class Dialler {
  readonly #options: DiallerOptions;

  constructor(options: DiallerOptions) {
    this.#options = options;
  }

  async dial(id: PeerId, signal: AbortSignal): Promise<SessionLink> {
    const peer = this.#options.peer(id);
    if (peer?.url === undefined) throw new DialFailed('no URL is known for the peer');
    const place = { url: peer.url, fetch: this.#options.fetchOf(id) };
    const session = await this.#introduce(peer, place, signal);
    this.#options.sessions.add(session);
    try {
      const socket = await openSocket(place.url, await credentials(session), signal);
      if (socket !== undefined) return new WebSocketLink(session, socket);
      if (this.#options.url === undefined)
        throw new DialFailed('the peer does not accept a WebSocket, and it cannot post messages to us');
      const link = new HttpLink({ session, ...place, mayBeDeaf: false });
      this.#options.postedTo.set(session, link);
      return link;
    } catch (error) {
      this.#options.sessions.end(session);
      throw error;
    }
  }

  async #introduce(peer: KnownPeer, place: Place, signal: AbortSignal): Promise<Session> {
    const { local, url: ownUrl } = this.#options;
    const hello: Hello = {
      type: 'hello',
      protocol: PROTOCOL,
      ...local,
      nonce: drawNonce(),
      time: Date.now(),
      ...(ownUrl !== undefined && { url: ownUrl }),
    };
    const challenge = await this.#say(place, hello, wireChallenge, signal);
    const remote = { asn: challenge.asn, routerId: challenge.routerId };
    if (remote.asn !== peer.asn) throw new PeerRefused(`AS ${remote.asn} answers, but AS ${peer.asn} is configured`);
    const handshake = new Handshake(peer.key, hello, challenge);
    const proof = { type: 'proof', session: challenge.session, proof: handshake.proof('dialler') };
    const welcome = await this.#say(place, proof, wireWelcome, signal);
    if (!handshake.isProof('answerer', welcome.proof))
      throw new PeerRefused('the answering router does not know the key');
    const tokenKey = peer.key === undefined ? undefined : handshake.tokenKey();
    return { id: challenge.session, peer: peer.id, account: peer.account, url: place.url, local, remote, tokenKey };
  }

  /**
   * Posts a hello or a proof and returns the answer of the peer. Rejects with {@link DialFailed} or {@link
   * RefusedByPeer}.
   */
  async #say<T>({ url, fetch }: Place, body: object, answer: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const response = await fetch(`${url}/bgp/hello`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
    const text = await response.text();
    if (response.status === 403) throw new NotLetIn(url, this.#options.local);
    if (response.status === 409) {
      const { data } = wireNotification.safeParse(readMessage(text));
      if (data !== undefined) throw new RefusedByPeer(refusalBy(data));
    }
    if (!response.ok) throw new DialFailed(`${url} answers hello with HTTP ${response.status}`);
    const parsed = answer.safeParse(readMessage(text));
    if (!parsed.success) throw new DialFailed(`${url} does not answer hello like a router`);
    return parsed.data;
  }
}

/** Opens a WebSocket. Resolves with undefined if the peer does not accept one. */
function openSocket(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<WebSocket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/bgp/session`, PROTOCOL, {
      headers,
      handshakeTimeout: UPGRADE_TIMEOUT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    });
    const abort = () => {
      socket.terminate();
    };
    signal.addEventListener('abort', abort, { once: true });
    const settle = () => {
      signal.removeEventListener('abort', abort);
    };
    socket.on('error', (error) => {
      settle();
      reject(new DialFailed(error.message, { cause: error }));
    });
    socket.once('unexpected-response', (_request, { statusCode = 0 }) => {
      settle();
      socket.terminate();
      if (NO_WEB_SOCKET.has(statusCode)) resolve(undefined);
      else reject(new DialFailed(`the peer rejects the WebSocket with HTTP ${statusCode}`));
    });
    socket.once('open', () => {
      settle();
      // The peer may send at once, and the link has no receiver yet.
      socket.pause();
      resolve(socket);
    });
  });
}

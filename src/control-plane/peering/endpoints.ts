import { Hono, type Context } from 'hono';
import { notification } from '../../core/bgp/packet/notification.ts';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { bodyBytes } from '../../base/bodies/body-bytes.ts';
import { UnreadableJson } from '../../base/bodies/parse-json.ts';
import type { Log } from '../../base/telemetry/log-event.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import { wireHello, wirePlainHello, wireProof, type PlainHello } from './hello.ts';
import { HttpLink } from './http-link.ts';
import { MAX_MESSAGE_BYTES } from './json-codec.ts';
import { PeerRefused } from './peer-refused.ts';
import { readMessage } from './read-message.ts';
import { plainOpen } from './plain-open.ts';
import type { Identity } from '../speaker/identity.ts';
import type { Session } from './authenticated-session.ts';
import type { SessionLink } from './session-link.ts';
import type { Sessions } from './sessions.ts';
import { TokenRefused } from './token-refused.ts';

export interface EndpointsOptions {
  readonly local: Identity;
  readonly doorkeeper: Doorkeeper;
  readonly sessions: Sessions;
  /** Links to which peers post messages. */
  readonly postedTo: WeakMap<Session, HttpLink>;
  readonly fetchOf: (peer: PeerId) => typeof globalThis.fetch;
  /**
   * Accepts a link. Returns false if the link is not wanted. Throws {@link PeerRefused} if the peer has no place for
   * it.
   */
  readonly accept: (link: SessionLink) => boolean;
  readonly log: Log;
}

const MAX_HELLO_BYTES = 16 * 1024;

/** Largest first message of a session, in bytes. It is an OPEN, which is always shorter. */
const MAX_FIRST_BYTES = 64 * 1024;

const MESSAGES = ['keepalive', 'update', 'route-refresh', 'notification'] as const;

/** HTTP endpoints for peers: the introduction, and all messages of peers that use no WebSocket. */
export class Endpoints {
  readonly app = new Hono();
  readonly #options: EndpointsOptions;
  /** Resolves when all messages are processed that were posted earlier. */
  readonly #busy = new WeakMap<Session, Promise<void>>();

  constructor(options: EndpointsOptions) {
    this.#options = options;
    this.app.post('/bgp/hello', (c) => this.#hello(c));
    for (const type of MESSAGES) {
      this.app.post(`/bgp/${type}`, (c) => this.#message(c, type));
    }
  }

  async #hello(c: Context): Promise<Response> {
    try {
      const session = await this.#sessionOf(c);
      if (session !== undefined) return await this.#posted(c, session, readMessage);
      const bytes = await bytesOf(c, MAX_HELLO_BYTES);
      if (bytes === undefined) return c.json(notification('bad-message-length'), 413);
      const json = readMessage(bytes);
      const hello = wireHello.safeParse(json);
      if (hello.success) return c.json(this.#options.doorkeeper.greet(hello.data));
      const proof = wireProof.safeParse(json);
      if (proof.success) return c.json(this.#welcome(proof.data.session, proof.data.proof));
      const plain = wirePlainHello.safeParse(json);
      if (plain.success) return await this.#plain(c, plain.data);
      throw new PeerRefused('hello has an unknown form');
    } catch (error) {
      return this.#refusal(c, error);
    }
  }

  async #message(c: Context, type: (typeof MESSAGES)[number]): Promise<Response> {
    try {
      // The router is authenticated first, so that the body of a stranger is not read.
      const session = await this.#sessionOf(c);
      if (session === undefined) throw new TokenRefused(`a ${type} came without a session`);
      return await this.#posted(c, session, (bytes) => {
        const json = bytes.length === 0 ? {} : readMessage(bytes);
        if (json instanceof UnreadableJson) return json;
        return typeof json === 'object' && json !== null ? { ...json, type } : undefined;
      });
    } catch (error) {
      return this.#refusal(c, error);
    }
  }

  /**
   * Processes the messages of a session one after the other, in order of arrival. The body of a waiting message is not
   * read.
   */
  #posted(c: Context, session: Session, read: (bytes: Buffer) => unknown): Promise<Response> {
    const earlier = this.#busy.get(session) ?? Promise.resolve();
    const answer = earlier.then(() => this.#taken(c, session, read));
    const isOver = () => undefined;
    this.#busy.set(session, answer.then(isOver, isOver));
    return answer;
  }

  async #taken(c: Context, session: Session, read: (bytes: Buffer) => unknown): Promise<Response> {
    const link = this.#options.postedTo.get(session);
    await link?.readable();
    const bytes = await bytesOf(c, link === undefined ? MAX_FIRST_BYTES : MAX_MESSAGE_BYTES);
    if (bytes !== undefined) return this.#deliver(c, session, read(bytes), bytes.length);
    const error = await link?.deliverTooLarge();
    return c.json(error ?? notification('bad-message-length'), 413);
  }

  #sessionOf(c: Context): Promise<Session | undefined> {
    return this.#options.sessions.authenticate((name) => c.req.header(name));
  }

  #welcome(sessionId: string, given: string): object {
    const { doorkeeper, sessions } = this.#options;
    const { session, proof } = doorkeeper.admit(sessionId, given);
    sessions.expectLink(session);
    return { type: 'welcome', proof };
  }

  /** Delivers a message of a session. The first one selects plain requests instead of a WebSocket. */
  async #deliver(c: Context, session: Session, json: unknown, bytes: number): Promise<Response> {
    const link = this.#options.postedTo.get(session) ?? this.#openLink(session, false);
    const error = await link.deliver(json, bytes);
    return error === undefined ? c.json({ status: 'accepted' }) : c.json(error, 400);
  }

  #openLink(session: Session, mayBeDeaf: boolean): HttpLink {
    const { fetchOf, accept, sessions, postedTo } = this.#options;
    const { peer, url } = session;
    if (url === undefined) throw new PeerRefused(`we have no URL of ${peer} and cannot post to it`);
    if (!sessions.claim(session)) throw new PeerRefused('the session is in use by another transport');
    const link = new HttpLink({ session, url, fetch: fetchOf(peer), mayBeDeaf });
    postedTo.set(session, link);
    try {
      if (!accept(link)) throw new PeerRefused(`${peer} has a session already`);
    } catch (error) {
      sessions.end(session);
      throw error;
    }
    return link;
  }

  async #plain(c: Context, hello: PlainHello): Promise<Response> {
    const { doorkeeper, sessions, local } = this.#options;
    const { open, remote } = plainOpen(hello);
    const session = doorkeeper.admitPlain(remote);
    sessions.expectLink(session);
    const link = this.#openLink(session, true);
    const error = (await link.deliver(open, 0)) ?? (await link.deliver({ type: 'keepalive' }, 0));
    if (error !== undefined) return c.json(error, 400);
    return c.json({
      status: 'established',
      localASN: local.asn satisfies Asn,
      timestamp: new Date().toISOString(),
      routerId: local.routerId,
      session: session.id,
    });
  }

  #refusal(c: Context, error: unknown): Response {
    if (!(error instanceof PeerRefused) && !(error instanceof TokenRefused)) throw error;
    this.#options.log({ event: 'peer-refused', reason: error.message });
    if (error instanceof TokenRefused) return c.json(notification('connection-rejected'), 401);
    return c.json(error.answer, error.status);
  }
}

function bytesOf(c: Context, maxBytes: number): Promise<Buffer | undefined> {
  const body: ReadableStream<Uint8Array> | null = c.req.raw.body;
  return bodyBytes(body ?? [], maxBytes);
}

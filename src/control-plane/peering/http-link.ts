import type { Message, Notification } from '../../core/bgp/packet/message.ts';
import { wireNotification } from '../../core/bgp/packet/wire.ts';
import type { Decoded } from '../../core/bgp/packet/wire-decoded.ts';
import type { Identity } from '../speaker/identity.ts';
import { DRAINED_BYTES, FAREWELL_MS, type LinkEnd } from '../speaker/link.ts';
import { decodeJson, decodeTooLarge, encodeJson, MAX_MESSAGE_BYTES } from './json-codec.ts';
import { readMessage } from './read-message.ts';
import type { Session } from './authenticated-session.ts';
import type { SessionLink } from './session-link.ts';
import { credentials } from './sessions.ts';

/** Paths to which the types of messages are posted, below `/bgp/`. */
const PATHS: Readonly<Record<Message['type'], string>> = {
  open: 'hello',
  update: 'update',
  keepalive: 'keepalive',
  notification: 'notification',
  'route-refresh': 'route-refresh',
};

/**
 * Status codes whose body is the NOTIFICATION that ends the session. Other codes only mean that the message was not
 * accepted.
 */
const ENDED = new Set([400, 409, 413]);

/** Timeout of one posted message. */
const POST_TIMEOUT_MS = 10_000;

export interface HttpLinkOptions {
  readonly session: Session;
  /** Base URL of the peer. */
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  /**
   * True if the peer may be a client that only sends. If a message cannot be posted to it, the message is dropped and
   * the session goes on.
   */
  readonly mayBeDeaf: boolean;
}

/** A session over plain requests. Each side posts its messages to the other, one after the other. */
export class HttpLink implements SessionLink {
  readonly session: Session;
  readonly #options: HttpLinkOptions;
  readonly #queue: { readonly path: string; readonly body: string }[] = [];
  readonly #farewell = new AbortController();
  #end: LinkEnd | undefined;
  #posting: Promise<void> | undefined;
  #pause: { readonly over: Promise<void>; readonly end: () => void } | undefined;
  backlog = 0;

  constructor(options: HttpLinkOptions) {
    this.session = options.session;
    this.#options = options;
  }

  get remote(): Identity {
    return this.session.remote;
  }

  open(end: LinkEnd): void {
    this.#end = end;
  }

  /** Resolves when the next message may be read. */
  async readable(): Promise<void> {
    while (this.#pause !== undefined) await this.#pause.over;
  }

  /** Delivers a message that the peer has posted. Resolves with the NOTIFICATION that ends the session, if it ends. */
  deliver(json: unknown, bytes: number): Promise<Notification | undefined> {
    return this.#received(() => decodeJson(json), bytes);
  }

  /** Reports that the peer has posted a message that is too large. */
  deliverTooLarge(): Promise<Notification | undefined> {
    return this.#received(decodeTooLarge, MAX_MESSAGE_BYTES);
  }

  pause(): void {
    if (this.#pause !== undefined) return;
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#pause = { over, end };
  }

  resume(): void {
    this.#pause?.end();
    this.#pause = undefined;
  }

  send(message: Message): void {
    const body = encodeJson(message);
    this.backlog += body.length;
    this.#queue.push({ path: PATHS[message.type], body });
    this.#posting ??= this.#postAll();
  }

  async close(): Promise<void> {
    this.#end = undefined;
    this.resume();
    const timer = setTimeout(() => {
      this.#farewell.abort();
    }, FAREWELL_MS);
    await this.#posting;
    clearTimeout(timer);
  }

  #received(read: () => Decoded, bytes: number): Promise<Notification | undefined> {
    return new Promise((resolve) => {
      if (this.#end === undefined) resolve(undefined);
      else this.#end.received(read, bytes, resolve);
    });
  }

  async #postAll(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const refusal = await this.#post(next.path, next.body);
      this.backlog -= next.body.length;
      if (refusal !== undefined && !this.#options.mayBeDeaf) {
        this.#queue.length = 0;
        this.backlog = 0;
        const { data } = wireNotification.safeParse(refusal.answer);
        if (data === undefined) this.#lost();
        else this.#end?.received(() => decodeJson(data), 0);
        break;
      }
      if (this.backlog <= DRAINED_BYTES) this.#end?.drained();
    }
    this.#posting = undefined;
  }

  #lost(): void {
    const end = this.#end;
    this.#end = undefined;
    end?.lost();
  }

  /** Posts a message. Returns undefined if the peer accepts it, otherwise the answer of the peer, if any. */
  async #post(path: string, body: string): Promise<{ readonly answer?: unknown } | undefined> {
    const { fetch, session, url } = this.#options;
    try {
      const response = await fetch(`${url}/bgp/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await credentials(session)) },
        body,
        signal: AbortSignal.any([this.#farewell.signal, AbortSignal.timeout(POST_TIMEOUT_MS)]),
      });
      const text = await response.text();
      if (response.ok) return undefined;
      return ENDED.has(response.status) ? { answer: readMessage(text) } : {};
    } catch {
      return {};
    }
  }
}

import { Failure } from '../failure/failure.ts';
import {
  CallCancelled,
  ConnectionLost,
  DeadlinePassed,
  RedirectRefused,
  ReplyTooLarge,
  UnsendableRequest,
} from './failures.ts';
import { replyResponse } from './reply-response.ts';
import type { Transport, TransportLimits } from './transport.ts';

/** A server that may be called at any address. */
export interface EgressTarget {
  readonly baseUrl: string;
  /** Headers for this base URL and URLs below it only. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EgressOptions {
  readonly targets: readonly EgressTarget[];
  /** Returns true if a URL outside of `targets` may be called at any address. */
  readonly allows?: (url: URL) => boolean;
  readonly maxReplyBytes?: number;
  /** Maximum number of concurrent requests to one origin. */
  readonly maxConnections?: number;
  /** Unix socket that receives every request, whatever its host is. */
  readonly socketPath?: string;
}

/** Default limit of a reply. It far exceeds an agent's answer. A whole stream counts as one reply. */
const MAX_REPLY_BYTES = 10_000_000;

const MAX_CONNECTIONS = 256;

/**
 * Sends every request to a server or peer through `fetch`. It checks addresses when a connection is made, rejects
 * redirects, limits the size of replies, and sends configured headers only to their own server. It rejects with a
 * `Failure`, also while the body is read. The first request loads the network library.
 */
export class Egress {
  readonly #targets: readonly (EgressTarget & { readonly prefix: string })[];
  readonly #allows: (url: URL) => boolean;
  readonly #limits: TransportLimits;
  readonly #socketPath: string | undefined;
  #transport: Promise<Transport> | undefined;

  constructor({ targets, allows = () => false, socketPath, ...limits }: EgressOptions) {
    const { maxReplyBytes = MAX_REPLY_BYTES, maxConnections = MAX_CONNECTIONS } = limits;
    this.#targets = targets
      .map((target) => ({ ...target, prefix: `${new URL(target.baseUrl).href.replace(/\/$/, '')}/` }))
      .sort((a, b) => b.prefix.length - a.prefix.length);
    this.#allows = allows;
    this.#limits = { maxReplyBytes, maxConnections };
    this.#socketPath = socketPath;
  }

  /** Sends a request, for libraries that take a `fetch`. The body is text or absent; headers are a plain object. */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input);
    const target = this.#targets.find(({ prefix }) => `${url.href}/`.startsWith(prefix));
    const signal = init.signal ?? undefined;
    try {
      const transport = await this.#opened();
      const reply = await transport.request(url, {
        guarded: target === undefined && !this.#allows(url),
        method: init.method ?? 'GET',
        headers: { ...(init.headers as Record<string, string>), ...target?.headers },
        body: (init.body ?? null) as string | null,
        ...(signal && { signal }),
      });
      // Readers see a broken body when they read. An error on an abandoned body must not end the process.
      reply.body.on('error', () => undefined);
      if (reply.statusCode >= 300 && reply.statusCode < 400) {
        reply.body.destroy();
        throw new RedirectRefused(url, reply.statusCode);
      }
      return await replyResponse(reply, (error) => this.#failure(error, url, signal, 'yes'));
    } catch (error) {
      throw this.#failure(error, url, signal, 'maybe');
    }
  };

  /** Closes all connections. Running calls fail. */
  async close(): Promise<void> {
    await (await this.#transport)?.close();
  }

  #opened(): Promise<Transport> {
    this.#transport ??= import('./transport.ts').then(({ openTransport }) =>
      openTransport(this.#limits, this.#socketPath),
    );
    return this.#transport;
  }

  #failure(error: unknown, url: URL, signal: AbortSignal | undefined, reached: 'maybe' | 'yes'): Failure {
    if (error instanceof Failure) return error;
    if (signal?.aborted === true) {
      const { reason } = signal as { reason: unknown };
      if (reason instanceof Failure) return reason;
      const late = reason instanceof Error && reason.name === 'TimeoutError';
      return late ? new DeadlinePassed(url, reason) : new CallCancelled(url, reason);
    }
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new ReplyTooLarge(url, this.#limits.maxReplyBytes);
    if (error instanceof Error && code === 'UND_ERR_INVALID_ARG') return new UnsendableRequest(url, error);
    return new ConnectionLost(url, error, reached);
  }
}

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

/** A server that may be called whatever its address is. */
export interface EgressTarget {
  readonly baseUrl: string;
  /** Sent to this base URL and what lies below it, and nowhere else. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface EgressOptions {
  readonly targets: readonly EgressTarget[];
  /** Whether a URL outside of `targets` may be called whatever its address is. */
  readonly allows?: (url: URL) => boolean;
  readonly maxReplyBytes?: number;
  /** How many requests to one origin are under way at once. */
  readonly maxConnections?: number;
  /** Where every request goes, whatever its host is: a socket of this machine. */
  readonly socketPath?: string;
}

/** Far more than an agent says; a whole stream counts as one reply. */
const MAX_REPLY_BYTES = 10_000_000;

const MAX_CONNECTIONS = 256;

/**
 * The one way out: every request to an agent server goes through `fetch`. Addresses are judged when the connection is
 * made, redirects are refused, replies are limited in size, and configured headers go to their own server alone. It
 * rejects with a `Failure`, also while the body is read. The network library is loaded by the first request.
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

  /** For libraries that take a `fetch`. The body is text or absent; headers are a plain object. */
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
      // Readers learn of a broken body when they read; one that nobody reads any more must not end the process.
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

  /** Breaks all connections; calls under way fail. */
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

import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { answer, introduction, ownerProof, pass, veiled } from './introduction.ts';
import { drawNonce, isProof } from './proof.ts';
import type { SharedSettings } from './shared-settings.ts';

/** Services of the owner for other copies. */
export interface Shared {
  /** Sends the standing messages of peers, then every new one. Returns a function that ends it. */
  readonly watch: (tell: (frame: object) => void) => () => void;
  /** Forwards a request to a peer. `path` is below the URL of the peer. */
  readonly call: (peer: string, path: string, request: Request) => Promise<Response>;
  /** Answers a request for an operator view. */
  readonly look: (url: URL) => Response | Promise<Response>;
}

export interface SharedRouterOptions {
  readonly path: string;
  readonly secret: string;
  readonly settings: SharedSettings;
  readonly shared: Shared;
  readonly failed: (error: unknown) => void;
}

/**
 * Largest backlog of a copy besides the standing messages, in bytes. A copy that exceeds it is disconnected and must
 * start anew.
 */
const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;

const PEER_CALL = /^\/peers\/([^/]+)(\/api\/agents(?:\/.*)?)$/;

/** The server of the owner at the socket, for other copies of the same user. */
export class SharedRouter {
  readonly #options: SharedRouterOptions;
  readonly #server: Server;
  readonly #nonce = drawNonce();
  readonly #watching = new Set<() => void>();

  constructor(options: SharedRouterOptions) {
    this.#options = options;
    const listener = getRequestListener((request) => this.#answer(request), {
      errorHandler: (error) => {
        options.failed(error);
        return Response.json({ error: 'internal error' }, { status: 500 });
      },
    });
    this.#server = createServer((request, response) => void listener(request, response));
  }

  /** Number of copies that follow this one. */
  get size(): number {
    return this.#watching.size;
  }

  /** Opens the socket. The owner of the port may replace the socket that an earlier owner left behind. */
  async open(): Promise<void> {
    const { path, failed } = this.#options;
    if (process.platform !== 'win32') rmSync(path, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(path, () => {
        this.#server.off('error', reject).on('error', failed);
        resolve();
      });
    });
  }

  /** Rejects new copies and disconnects the followers. Calls in progress go on until {@link stop}. */
  close(): void {
    this.#server.close();
    for (const end of this.#watching) end();
  }

  stop(): void {
    this.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === '/introduction') return this.#introduced(request);
    const { secret, shared } = this.#options;
    const given = request.headers.get('authorization') ?? '';
    if (!isProof(given, `Bearer ${pass(secret, this.#nonce)}`)) return new Response(null, { status: 401 });
    if (pathname === '/peers') return this.#watched();
    if (request.method === 'GET' && !pathname.startsWith('/peers/')) return shared.look(new URL(request.url));
    const [, peer, path] = PEER_CALL.exec(pathname) ?? [];
    if (peer === undefined || path === undefined) return new Response(null, { status: 404 });
    return shared.call(decodeURIComponent(peer), path, request);
  }

  async #introduced(request: Request): Promise<Response> {
    const { secret, settings } = this.#options;
    const given = introduction.safeParse(await request.json().catch(() => undefined));
    if (!given.success) return new Response(null, { status: 400 });
    const own = veiled(settings, secret);
    const differs = Object.keys(own).filter((name) => own[name] !== given.data.marks[name]);
    return Response.json(
      answer.parse({
        pid: process.pid,
        nonce: this.#nonce,
        proof: ownerProof(secret, given.data.nonce),
        differs,
      }),
    );
  }

  #watched(): Response {
    let stop = (): void => undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          let unwatch = (): void => undefined;
          const end = (finish: () => void): void => {
            unwatch();
            if (this.#watching.delete(close)) finish();
          };
          const close = (): void => {
            end(() => {
              controller.close();
            });
          };
          stop = close;
          this.#watching.add(close);
          const encoder = new TextEncoder();
          // The standing messages have no limit. A copy that is disconnected during them would start anew forever.
          let least = -Infinity;
          unwatch = this.#options.shared.watch((frame) => {
            controller.enqueue(encoder.encode(`${JSON.stringify(frame)}\n`));
            if ((controller.desiredSize ?? 0) <= least) {
              end(() => {
                controller.error(new Error('the copy reads too slowly'));
              });
            }
          });
          least = (controller.desiredSize ?? 0) - MAX_BACKLOG_BYTES;
        },
        cancel: () => {
          stop();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MAX_BACKLOG_BYTES }),
    );
    return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
  }
}

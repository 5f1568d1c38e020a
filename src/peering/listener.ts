import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError, type HttpBindings } from '@hono/node-server';
import { isAllowedCaller } from './allowed-caller.ts';
import { headerOf } from './asked.ts';
import { UnfinishedRequests } from './unfinished-requests.ts';
import { refuseUpgrade, type Upgrade } from './upgrade.ts';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Host names under which we are called, besides localhost and addresses. */
  readonly names: readonly string[];
  readonly fetch: (request: Request, bindings: HttpBindings) => Response | Promise<Response>;
  readonly upgrade: Upgrade;
  readonly failed: (error: unknown) => void;
}

const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 65_000;
const CHECK_INTERVAL_MS = 1_000;
const MAX_CONNECTIONS = 2_000;

/** How long calls of others may go on once the router stops. */
const DRAIN_MS = 300;

/** The one place where the outside world comes in over HTTP; what it may do there is decided behind it. */
export class Listener {
  readonly #server: Server;
  readonly #options: ListenerOptions;
  readonly #unfinished = new UnfinishedRequests();

  constructor(options: ListenerOptions) {
    this.#options = options;
    const { fetch, names, failed } = options;
    const listener = getRequestListener(
      (request, bindings) => {
        // Nobody asks us over HTTP/2.
        const { incoming, outgoing } = bindings as HttpBindings;
        if (isAllowedCaller(headerOf(incoming), names)) return fetch(request, { incoming, outgoing });
        return Response.json({ error: 'This host or origin may not call here.' }, { status: 403 });
      },
      {
        errorHandler: (error) => {
          if (error instanceof RequestError || isCutOff(error))
            return Response.json({ error: 'The request is malformed.' }, { status: 400 });
          failed(error);
          return Response.json({ error: 'internal error' }, { status: 500 });
        },
      },
    );
    this.#server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connectionsCheckingInterval: CHECK_INTERVAL_MS,
        noDelay: true,
      },
      (request, response) => {
        request.once('end', () => {
          this.#unfinished.finished(request.socket);
        });
        // An agent may think for long; how long a request may take to come is watched by the server.
        request.socket.setTimeout(0);
        request.headers.host = request.headers.host?.toLowerCase();
        void listener(request, response);
      },
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
    // Ends connections on which nothing comes; the limit on headers begins with their first byte.
    this.#server.timeout = HEADERS_TIMEOUT_MS;
    this.#server.on('connection', (socket) => {
      this.#unfinished.begun(socket);
    });
    this.#server.on('upgrade', (request, socket, head) => {
      this.#unfinished.finished(request.socket);
      this.#upgrade(request, socket, head);
    });
  }

  /** Resolves with the address once it listens; rejects when the port is taken, and may be tried again then. */
  async start(): Promise<AddressInfo> {
    const { host, port, failed } = this.#options;
    const server = this.#server;
    await new Promise<void>((resolve, reject) => {
      const refused = (error: Error) => {
        server.off('listening', listening);
        reject(error);
      };
      const listening = () => {
        server.off('error', refused).on('error', failed);
        resolve();
      };
      server.once('error', refused).once('listening', listening).listen(port, host);
    });
    return this.#server.address() as AddressInfo;
  }

  /** Takes nobody in any more; requests under way have a moment to end. */
  async stop(): Promise<void> {
    const broken = setTimeout(() => {
      this.#server.closeAllConnections();
    }, DRAIN_MS);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    await closed;
    clearTimeout(broken);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // The server has let go of the connection: an error on it that nobody hears would end the process.
    socket.on('error', () => {
      socket.destroy();
    });
    if (!isAllowedCaller(headerOf(request), this.#options.names)) return refuseUpgrade(socket, '403 Forbidden');
    const target = URL.parse(request.url ?? '/', 'http://listener');
    if (target === null) return refuseUpgrade(socket, '400 Bad Request');
    if (target.pathname !== '/bgp/session') return refuseUpgrade(socket, '404 Not Found');
    this.#options.upgrade.take(request, socket, head).catch(this.#options.failed);
  }
}

/** Whether the client has hung up in the middle of its request, or waits for its answer no more; nobody hears it then. */
function isCutOff(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'AbortError' || ('code' in error && error.code === 'ECONNRESET' && error.message === 'aborted');
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError, type HttpBindings } from '@hono/node-server';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { isAllowedCaller } from './allowed-caller.ts';
import { headerOf } from './incoming-request.ts';
import { OpenConnections, SERVED_AT_A_TIME } from './open-connections.ts';
import { RequestGate } from './request-gate.ts';
import { Turnstile, type Asker } from './turnstile.ts';
import { refuseUpgrade, type Upgrade } from './upgrade.ts';

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  /** Host names under which we are called, besides localhost and addresses. */
  readonly names: readonly string[];
  readonly fetch: (request: Request, bindings: HttpBindings) => Response | Promise<Response>;
  readonly upgrade: Upgrade;
  /** Returns the peer whose session a request names, if it names one. */
  readonly peerOf: (header: (name: string) => string | undefined) => PeerId | undefined;
  readonly failed: (error: unknown) => void;
}

const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 60_000;
const KEEP_ALIVE_MS = 65_000;
const CHECK_INTERVAL_MS = 1_000;

/** Time for calls of others to end after the router stops. */
const DRAIN_MS = 300;

/**
 * The HTTP listener. It limits connections and checks hosts and origins. What a request may do is decided behind it.
 */
export class Listener {
  readonly #server: Server;
  readonly #options: ListenerOptions;
  readonly #connections = new OpenConnections();
  readonly #gates = new WeakMap<Socket, RequestGate>();
  readonly #turnstile = new Turnstile();

  constructor(options: ListenerOptions) {
    this.#options = options;
    const { fetch, names, failed } = options;
    const listener = getRequestListener(
      (request, bindings) => {
        // The server is not an HTTP/2 server, so these are the bindings of HTTP/1.1.
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
    const take = (request: IncomingMessage, response: ServerResponse) => {
      this.#take(request, response, () => void listener(request, response));
    };
    this.#server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        connectionsCheckingInterval: CHECK_INTERVAL_MS,
        noDelay: true,
        // Otherwise, the server would answer these requests itself, bypassing the limits.
        requireHostHeader: false,
      },
      take,
    );
    // For the same reason, unknown expectations are ignored.
    this.#server.on('checkExpectation', take);
    // Closes connections on which no byte arrives. The time limit on headers begins with their first byte.
    this.#server.timeout = HEADERS_TIMEOUT_MS;
    this.#server.on('connection', (socket) => {
      this.#connections.come(socket);
      this.#gates.set(socket, new RequestGate(socket, failed));
    });
    this.#server.on('upgrade', (request, _, head) => {
      const { socket } = request;
      // The server no longer listens to errors of this connection. An unhandled error would end the process, also while
      // the request waits.
      socket.on('error', () => {
        socket.destroy();
      });
      const unread = this.#gates.get(socket)?.leave() ?? Buffer.alloc(0);
      this.#turnstile.enter(this.#asker(request), () => {
        if (!socket.destroyed) this.#upgrade(request, socket, Buffer.concat([head, unread]));
      });
    });
  }

  /** Starts to listen. Resolves with the address. Rejects if the port is taken. The caller may then try again. */
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
    this.#connections.start();
    return this.#server.address() as AddressInfo;
  }

  /** Stops accepting requests. Requests in progress have a moment to end. */
  async stop(): Promise<void> {
    const broken = setTimeout(() => {
      this.#server.closeAllConnections();
    }, DRAIN_MS);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    await closed;
    clearTimeout(broken);
    this.#connections.stop();
    this.#turnstile.stop();
  }

  /** Queues a request until it is the turn of its sender. */
  #take(request: IncomingMessage, response: ServerResponse, serve: () => void): void {
    const { socket, headers } = request;
    // An agent may take long to answer. The server itself limits the time in which a request must arrive.
    socket.setTimeout(0);
    headers.host = headers.host?.toLowerCase();
    this.#gates.get(socket)?.begun(request, response);
    const asker = this.#asker(request);
    response.once('close', () => {
      this.#connections.end(socket);
      if ('peer' in asker && response.statusCode !== 401) this.#connections.vouch(socket, asker.peer);
    });
    const kind = 'peer' in asker ? 'peer' : request.url?.startsWith('/api/') === true ? 'call' : 'other';
    if (!this.#connections.begin(socket, request, SERVED_AT_A_TIME[kind])) return refuseBusy(response);
    this.#turnstile.enter(asker, () => {
      if (!response.destroyed) serve();
    });
  }

  #asker(request: IncomingMessage): Asker {
    const peer = this.#options.peerOf(headerOf(request));
    return peer === undefined ? { connection: request.socket } : { peer };
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!isAllowedCaller(headerOf(request), this.#options.names)) return refuseUpgrade(socket, '403 Forbidden');
    const target = URL.parse(request.url ?? '/', 'http://listener');
    if (target === null) return refuseUpgrade(socket, '400 Bad Request');
    if (target.pathname !== '/bgp/session') return refuseUpgrade(socket, '404 Not Found');
    this.#options.upgrade.take(request, socket, head).then((isLink) => {
      if (isLink) this.#connections.release(request.socket);
    }, this.#options.failed);
  }
}

/** Rejects a request because all places are taken. The caller may retry it, here or elsewhere. */
function refuseBusy(response: ServerResponse): void {
  const body = { error: 'Too many requests are under way here.', code: 'SERVER_UNAVAILABLE', reached: 'no' };
  const headers = { 'content-type': 'application/json', 'retry-after': '1', connection: 'close' };
  response.writeHead(503, headers).end(JSON.stringify({ ...body, retryAfterMs: 1_000 }));
}

/** Returns true if the client disconnected during its request or no longer waits for the response. */
function isCutOff(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'AbortError' || ('code' in error && error.code === 'ECONNRESET' && error.message === 'aborted');
}

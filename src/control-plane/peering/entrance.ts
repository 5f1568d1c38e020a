import type { AddressInfo } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { notification } from '../../core/bgp/packet/notification.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Identity } from '../speaker/identity.ts';
import type { Log } from '../../base/telemetry/log-event.ts';
import { Access } from './access.ts';
import { Callers, type CallerOptions } from './callers.ts';
import { Doorkeeper, type KnownPeer } from './doorkeeper.ts';
import { Endpoints } from './endpoints.ts';
import type { HttpLink } from './http-link.ts';
import { incomingRequest } from './incoming-request.ts';
import { Listener } from './listener.ts';
import { serve, type ServedRooms } from './served-rooms.ts';
import type { Session } from './authenticated-session.ts';
import type { SessionLink } from './session-link.ts';
import type { Sessions } from './sessions.ts';
import { Upgrade } from './upgrade.ts';

/** Listen address of the router. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** True if only this machine can connect. */
  readonly onLoopback: boolean;
}

/** Rules for access to the listener. */
export interface AccessRules {
  /** Routers that may call without being a peer. */
  readonly callers: readonly CallerOptions[];
  /** True if any key of peers or callers is set; then every call needs a token. */
  readonly keyed: boolean;
  /** Key for the operator views. If undefined, only this machine may see them. */
  readonly operatorsKey: string | undefined;
  /** Base URL under which others reach the listener. */
  readonly advertiseUrl: string | undefined;
}

export interface EntranceOptions {
  readonly rules: AccessRules;
  readonly listen: ListenOptions;
  readonly local: Identity;
  readonly peers: readonly KnownPeer[];
  readonly guest: (remote: Identity, url: string | undefined) => KnownPeer | undefined;
  /** Returns the router that has the established session of a peer, if there is one. */
  readonly established: (peer: PeerId) => Identity | undefined;
  readonly sessions: Sessions;
  /** Links to which peers post messages. */
  readonly postedTo: WeakMap<Session, HttpLink>;
  readonly fetchOf: (peer: PeerId) => typeof globalThis.fetch;
  /** Accepts a link. Returns false if the link is not wanted. */
  readonly accept: (link: SessionLink) => boolean;
  readonly log: Log;
}

/** The entrance of the router: listens, and authenticates every request before it is answered. */
export class Entrance {
  readonly #options: EntranceOptions;
  readonly #endpoints: Endpoints;
  readonly #access: Access;
  readonly #upgrade: Upgrade;
  #listener: Listener | undefined;

  constructor(options: EntranceOptions) {
    const { rules, listen, local, peers, guest, established, sessions, postedTo, fetchOf, accept, log } = options;
    this.#options = options;
    const doorkeeper = new Doorkeeper({ local, peers, guest, established, now: Date.now });
    this.#endpoints = new Endpoints({ local, doorkeeper, sessions, postedTo, fetchOf, accept, log });
    const { keyed, operatorsKey } = rules;
    const callers = new Callers(rules.advertiseUrl, rules.callers);
    this.#access = new Access({ sessions, callers, onLoopback: listen.onLoopback, keyed, operatorsKey, log });
    this.#upgrade = new Upgrade({ sessions, mayPeer: (request) => this.#access.mayPeer(request), accept, log });
  }

  /** Starts to listen. Returns undefined if the port is taken. The caller may then try again. */
  async open(rooms: ServedRooms): Promise<AddressInfo | undefined> {
    const { rules, listen, sessions, log } = this.#options;
    const { advertiseUrl } = rules;
    const listener = new Listener({
      ...listen,
      names: advertiseUrl === undefined ? [] : [new URL(advertiseUrl).hostname],
      fetch: this.#app(rooms).fetch,
      upgrade: this.#upgrade,
      peerOf: (header) => sessions.named(header),
      failed: (error) => {
        log({ event: 'unexpected-error', error });
      },
    });
    try {
      const address = await listener.start();
      this.#listener = listener;
      return address;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
      throw error;
    }
  }

  /** Stops accepting requests. Requests in progress have a moment to end. */
  async close(): Promise<void> {
    await this.#listener?.stop();
  }

  #app(rooms: ServedRooms): Hono<{ Bindings: HttpBindings }> {
    const app = new Hono<{ Bindings: HttpBindings }>();
    // Hono would write the error to stderr. The listener answers and logs it instead.
    app.onError((error) => {
      throw error;
    });
    app.post('/bgp/*', async (c, next) => {
      if (this.#access.mayPeer(c.env.incoming)) return next();
      this.#options.log({ event: 'peer-refused', reason: 'the request came through a proxy, and no key is set' });
      return c.json(notification('connection-rejected'), 403);
    });
    app.route('/', this.#endpoints.app);
    app.get('/healthz', (c) => c.json({ status: 'ok' }));
    app.all('*', async (c) => {
      const request = incomingRequest(c.req.url, c.env.incoming, c.env.outgoing);
      const verdict = await this.#access.judge(request.url.pathname, c.env.incoming);
      return verdict.ok ? serve(rooms, request, verdict.caller) : refused(verdict);
    });
    return app;
  }
}

function refused({ error, challenge }: { readonly error: string; readonly challenge?: string }): Response {
  const headers = { ...(challenge !== undefined && { 'www-authenticate': challenge }) };
  return Response.json({ error, code: 'SERVER_UNAVAILABLE', reached: 'no' }, { status: 401, headers });
}

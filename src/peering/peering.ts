import { EventEmitter, once } from 'node:events';
import { setTimeout as elapsed } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Connection } from '../bgp/fsm/fsm.ts';
import type { PeerSettings } from '../bgp/state/peer-settings.ts';
import type { PeerId } from '../bgp/rib/route.ts';
import type { Speaker } from '../bgp/state/state.ts';
import type { Log } from '../telemetry/log-event.ts';
import { notification } from '../bgp/packet/notification.ts';
import { Access } from './access.ts';
import { askedOver, type Asked } from './asked.ts';
import { Callers, type Caller } from './callers.ts';
import { Dialler } from './dialler.ts';
import { Doorkeeper, type KnownPeer } from './doorkeeper.ts';
import { Driver } from './driver.ts';
import { Endpoints } from './endpoints.ts';
import { gracefulShutdown } from './graceful-shutdown.ts';
import { Guests, type GuestRange } from './guests.ts';
import type { Link } from './link.ts';
import { Listener } from './listener.ts';
import { Mirror, TAKE_OVER_SECONDS } from './mirror.ts';
import { MirroredPeers } from './mirrored-peers.ts';
import { Progress } from './progress.ts';
import { Rehearsal } from './rehearsal.ts';
import type { Identity } from './session.ts';
import { SilentPeers } from './silent-peers.ts';
import { credentials, Sessions } from './sessions.ts';
import { Upgrade } from './upgrade.ts';

export interface PeerOptions {
  readonly settings: PeerSettings;
  readonly key: string | undefined;
}

export interface PeeringOptions {
  readonly speaker: Speaker;
  readonly peers: readonly PeerOptions[];
  /** Whoever may peer without being configured by itself. */
  readonly guests: readonly GuestRange[];
  /** Whoever may call without being a peer. */
  readonly callers: readonly Caller[];
  /** Whether calls need a token wherever they come from. */
  readonly keyed: boolean;
  /** What opens the views of operators; undefined where only this machine may look. */
  readonly operatorsKey: string | undefined;
  /** Where to listen, or undefined for nowhere. */
  readonly listen: { readonly host: string; readonly port: number; readonly onLoopback: boolean } | undefined;
  /** The base URL under which others reach the listener. */
  readonly advertiseUrl: string | undefined;
  /** What the listener serves besides peering, behind the same door. */
  readonly serve: (asked: Asked, caller: PeerId | undefined) => Response | Promise<Response>;
  /** What requests to a peer go out by: not every one is to be trusted with its own address. */
  readonly fetchOf: (peer: PeerId) => typeof globalThis.fetch;
  readonly log: Log;
}

/** How long peers have to move away from a router that is about to go. */
const MOVE_AWAY_MS = 50;

/** More routes than this cannot be told anew in that time. */
const MAX_ANNOUNCED = 10_000;

const CONNECTIONS: readonly Connection[] = ['outbound', 'inbound'];

/** The sessions with all peers: listens, dials, and knows on whose behalf a request comes. */
export class Peering {
  readonly driver: Driver;
  /** What other copies of this router learn from this one. */
  readonly mirror: Mirror;
  /** What this one learns from the copy that has the sessions. */
  readonly mirrored: MirroredPeers;
  readonly progress: Progress;
  /** Ends calls to peers that say nothing any more. */
  readonly silent = new SilentPeers();
  readonly #options: PeeringOptions;
  readonly #sessions: Sessions;
  readonly #access: Access;
  readonly #rehearsal = new Rehearsal();
  readonly #listener: Listener | undefined;
  readonly #door = new EventEmitter<{ open: [] }>().setMaxListeners(0);
  #isOpen: boolean;

  constructor(options: PeeringOptions) {
    this.#options = options;
    const { speaker, peers, keyed, operatorsKey, listen, advertiseUrl, fetchOf, log } = options;
    const local = identityOf(speaker.settings);
    const known = peers.map(({ settings: { id, asn, url }, key }): KnownPeer => ({ id, asn, url, key }));
    const guests = this.#guestsIn(options.guests);
    const sessions = new Sessions((session) => {
      guests.leave(session);
    });
    this.#sessions = sessions;
    const peer = (id: PeerId) => known.find((candidate) => candidate.id === id);
    this.mirror = new Mirror(speaker);
    this.progress = new Progress(speaker, peers);
    this.driver = new Driver({
      speaker,
      dial: async (id, signal) => {
        if (!this.#isOpen) await once(this.#door, 'open', { signal });
        return dialler.dial(id, signal);
      },
      ended: ({ session }) => {
        sessions.end(session);
      },
      observe: (event, effects) => {
        this.mirror.observe(event, effects);
        this.progress.observe(event, effects);
        this.silent.observe(event, effects);
      },
      log,
    });
    const accept = (link: Link): boolean => {
      if (peer(link.session.peer) === undefined) guests.arrive(link.session);
      return this.driver.accept(link.session.peer, link);
    };
    this.mirrored = new MirroredPeers(speaker, accept);
    this.#isOpen = listen === undefined;
    const doorkeeper = new Doorkeeper({
      local,
      peers: () => known,
      guest: (remote, url) => guests.expected(remote, url),
      established: (id) => this.driver.linkOf(id)?.session.remote,
      now: Date.now,
    });
    const endpoints = new Endpoints({ local, doorkeeper, sessions, fetchOf, accept, log });
    const expect = endpoints.expect.bind(endpoints);
    const dialler = new Dialler({ local, url: advertiseUrl, peer, sessions, fetchOf, expect });
    const callers = new Callers(advertiseUrl, options.callers);
    this.#access = new Access({ sessions, callers, onLoopback: listen?.onLoopback ?? true, keyed, operatorsKey, log });
    if (listen === undefined) return;
    this.#listener = new Listener({
      ...listen,
      names: advertiseUrl === undefined ? [] : [new URL(advertiseUrl).hostname],
      fetch: this.#app(endpoints.app).fetch,
      upgrade: new Upgrade({ sessions, mayPeer: (request) => this.#access.mayPeer(request), accept, log }),
      peerOf: (header) => sessions.named(header),
      failed: (error) => {
        log({ event: 'unexpected-error', error });
      },
    });
  }

  /** Opens the listener, and with it the way to peers; false when somebody else has the port. */
  async listen(): Promise<boolean> {
    try {
      const address = await this.#listener?.start();
      if (address !== undefined) this.#options.log({ event: 'listening', ...address });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
      throw error;
    }
    this.#isOpen = true;
    this.#door.emit('open');
    return true;
  }

  /** Begins with every peer. Until the listener is open none is dialled: whoever has the port would get what is meant for us. */
  meet(): void {
    this.#rehearsal.start();
    for (const { settings } of this.#options.peers) {
      this.driver.raise({ type: 'PeerConfigured', peer: settings, jitter: Math.random() });
    }
  }

  /**
   * Begins with every peer as another copy of this router mirrors it; what is mirrored outlives that copy for a while. The
   * mirror says no KEEPALIVE: the connection to the other copy shows whether it lives.
   */
  follow(): void {
    for (const { settings } of this.#options.peers) {
      const restartTimeSeconds = Math.max(settings.restartTimeSeconds, TAKE_OVER_SECONDS);
      const peer = { ...settings, restartTimeSeconds, holdTimeSeconds: 0 };
      this.driver.raise({ type: 'PeerConfigured', peer, jitter: Math.random() });
    }
  }

  /** Ends with every peer and forgets what it said. */
  leave(): void {
    for (const { settings } of this.#options.peers) this.driver.raise({ type: 'PeerRemoved', peer: settings.id });
  }

  /** The headers under which a request goes to a peer, or undefined while there is no session with it. */
  async credentialsFor(peer: PeerId): Promise<Record<string, string> | undefined> {
    const link = this.driver.linkOf(peer);
    return link && credentials(link.session);
  }

  /**
   * Takes leave of every peer and ends everything that runs: peers first learn that our routes are about to go, so that
   * they take others while ours still work; calls under way may end.
   */
  async stop(): Promise<void> {
    await this.#announceShutdown();
    for (const peer of this.driver.speaker.peers.keys()) {
      for (const connection of CONNECTIONS) {
        const input = { type: 'ManualStop', reason: 'administrative-shutdown' } as const;
        this.driver.raise({ type: 'Session', peer, connection, input, jitter: 0 });
      }
    }
    await this.release();
  }

  /** Ends like {@link stop}, but without a word to peers: who takes the port over goes on with them (RFC 4724 §4.1). */
  async release(): Promise<void> {
    await Promise.all([this.driver.stop(), this.#listener?.stop(), this.#rehearsal.stop()]);
    this.#sessions.stop();
    this.silent.stop();
  }

  #guestsIn(ranges: readonly GuestRange[]): Guests {
    return new Guests({
      ranges,
      isUp: (id) => this.driver.linkOf(id) !== undefined,
      raise: (event) => {
        this.driver.raise(event);
      },
    });
  }

  async #announceShutdown(): Promise<void> {
    const peers = [...this.driver.speaker.peers.values()].filter(({ session }) => session !== undefined);
    const isLarge = this.driver.speaker.locRib.size > MAX_ANNOUNCED;
    if (!this.#isOpen || peers.length === 0 || isLarge) return;
    for (const { settings } of peers) {
      const policy = gracefulShutdown(settings.policy ?? this.driver.speaker.policy);
      this.driver.raise({ type: 'PeerConfigured', peer: { ...settings, policy }, jitter: 0 });
    }
    await elapsed(MOVE_AWAY_MS);
  }

  #app(introductions: Hono): Hono<{ Bindings: HttpBindings }> {
    const app = new Hono<{ Bindings: HttpBindings }>();
    // Else it would be written to stderr as it is; the listener answers and logs.
    app.onError((error) => {
      throw error;
    });
    app.post('/bgp/*', async (c, next) => {
      if (this.#access.mayPeer(c.env.incoming)) return next();
      this.#options.log({ event: 'peer-refused', reason: 'it came through a proxy, and no key is set' });
      return c.json(notification('connection-rejected'), 403);
    });
    app.route('/', introductions);
    app.get('/healthz', (c) => c.json({ status: 'ok' }));
    app.all('*', async (c) => {
      const asked = askedOver(c.req.url, c.env.incoming, c.env.outgoing);
      const verdict = await this.#access.judge(asked.url.pathname, c.env.incoming);
      if (!verdict.ok) return refused(verdict);
      return this.#options.serve(asked, verdict.caller);
    });
    return app;
  }
}

function refused({ error, challenge }: { readonly error: string; readonly challenge?: string }): Response {
  const headers = { ...(challenge !== undefined && { 'www-authenticate': challenge }) };
  return Response.json({ error, code: 'SERVER_UNAVAILABLE', reached: 'no' }, { status: 401, headers });
}

function identityOf({ asn, routerId }: Identity): Identity {
  return { asn, routerId };
}

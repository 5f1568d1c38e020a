import { setTimeout as elapsed } from 'node:timers/promises';
import type { Connection } from '../../core/bgp/fsm/fsm.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';
import { Driver } from '../speaker/driver.ts';
import { PeerAway } from '../speaker/peer-away.ts';
import type { Log } from '../../base/telemetry/log-event.ts';
import { Dialler } from './dialler.ts';
import type { KnownPeer } from './doorkeeper.ts';
import { Entrance, type AccessRules, type ListenOptions } from './entrance.ts';
import { gracefulShutdown } from './graceful-shutdown.ts';
import { Guests, type GuestRange } from './guests.ts';
import type { HttpLink } from './http-link.ts';
import { Mirror, TAKE_OVER_SECONDS } from './mirror.ts';
import { MirroredPeers } from './mirrored-peers.ts';
import { Opening } from './opening.ts';
import { peerSettings, type PeerOptions } from './peer-options.ts';
import { Progress } from './progress.ts';
import type { ServedRooms } from './served-rooms.ts';
import type { Session } from './authenticated-session.ts';
import { SessionHeld } from './session-held.ts';
import type { SessionLink } from './session-link.ts';
import { credentials, Sessions } from './sessions.ts';
import { SilentPeers } from './silent-peers.ts';
import { WarmUp } from './warm-up.ts';

export interface PeeringOptions extends AccessRules {
  readonly speaker: Speaker;
  readonly peers: readonly PeerOptions[];
  /** Routers that may peer without being configured one by one. */
  readonly guests: readonly GuestRange[];
  /** Listen address, or undefined to open no listener. */
  readonly listen: ListenOptions | undefined;
  /** Functions that send requests to peers. Guests have their own, because a guest chooses its URL itself. */
  readonly fetch: { readonly configured: typeof globalThis.fetch; readonly guests: typeof globalThis.fetch };
  readonly log: Log;
}

/** Time for peers to move their calls away from a router that is about to stop. */
const MOVE_AWAY_MS = 50;

/** Largest number of routes that can be announced again in that time. */
const MAX_ANNOUNCED = 10_000;

const CONNECTIONS: readonly Connection[] = ['outbound', 'inbound'];

/** The sessions with all peers. Listens, dials, and sends requests to peers with our credentials. */
export class Peering {
  readonly driver: Driver<SessionLink>;
  /** Relays the messages of peers to other copies of this router. */
  readonly mirror: Mirror;
  /** Processes the messages of peers that the copy with the sessions relays. */
  readonly mirrored: MirroredPeers;
  readonly progress: Progress;
  readonly #options: PeeringOptions;
  readonly #configured: ReadonlyMap<PeerId, KnownPeer>;
  readonly #sessions = new Sessions();
  readonly #guests: Guests;
  readonly #silent = new SilentPeers();
  readonly #warmUp = new WarmUp();
  /**
   * Closed until the listener is open. Until then, another program may have the port and would receive messages for us.
   */
  readonly #wayToPeers: Opening;
  readonly #entrance: Entrance | undefined;

  constructor(options: PeeringOptions) {
    const { speaker, peers, listen, log } = options;
    this.#options = options;
    this.#configured = new Map(peers.map((peer) => [peer.name, knownPeer(peer)]));
    this.#guests = new Guests(options.guests, (id) => speaker.peers.get(id)?.session !== undefined);
    this.#wayToPeers = new Opening(listen === undefined);
    this.mirror = new Mirror(speaker);
    this.progress = new Progress(speaker, peers.map(peerSettings));
    const { asn, routerId } = speaker.settings;
    const postedTo = new WeakMap<Session, HttpLink>();
    const shared = {
      local: { asn, routerId },
      sessions: this.#sessions,
      postedTo,
      fetchOf: (peer: PeerId) => this.#fetchOf(peer),
    };
    const dialler = new Dialler({ ...shared, url: options.advertiseUrl, peer: (id) => this.#configured.get(id) });
    this.driver = new Driver<SessionLink>({
      speaker,
      dial: async (id, signal) => {
        await this.#wayToPeers.whenOpen(signal);
        return dialler.dial(id, signal);
      },
      ended: ({ session }) => {
        this.#sessions.end(session);
        return this.#guests.leave(session);
      },
      observe: (event, effects) => {
        for (const observer of [this.mirror, this.progress, this.#silent]) observer.observe(event, effects);
      },
      log,
    });
    const accept = (link: SessionLink): boolean => this.#accept(link);
    this.mirrored = new MirroredPeers(speaker, accept);
    if (listen === undefined) return;
    this.#entrance = new Entrance({
      ...shared,
      rules: options,
      listen,
      peers: [...this.#configured.values()],
      guest: (remote, url) => this.#guests.expected(remote, url),
      established: (id) => this.driver.linkOf(id)?.remote,
      accept,
      log,
    });
  }

  /**
   * Opens the listener for requests to `rooms`, then the way to peers. Returns false if another program has the port.
   */
  async listen(rooms: ServedRooms): Promise<boolean> {
    if (this.#entrance !== undefined) {
      const address = await this.#entrance.open(rooms);
      if (address === undefined) return false;
      this.#options.log({ event: 'listening', ...address });
    }
    this.#wayToPeers.open();
    return true;
  }

  /** Starts all configured peers. They are dialled only after the listener is open. */
  meet(): void {
    this.#warmUp.start();
    for (const peer of this.#options.peers.map(peerSettings)) {
      this.driver.raise({ type: 'PeerConfigured', peer, jitter: Math.random() });
    }
  }

  /**
   * Starts all configured peers as mirrored by another copy of this router. Their routes outlive that copy for a while.
   * The mirror sends no KEEPALIVE, because the connection to the other copy shows whether it is up.
   */
  follow(): void {
    for (const settings of this.#options.peers.map(peerSettings)) {
      const restartTimeSeconds = Math.max(settings.restartTimeSeconds, TAKE_OVER_SECONDS);
      const peer = { ...settings, restartTimeSeconds, holdTimeSeconds: 0 };
      this.driver.raise({ type: 'PeerConfigured', peer, jitter: Math.random() });
    }
  }

  /** Removes all configured peers and their routes. */
  leave(): void {
    for (const { name } of this.#options.peers) this.driver.raise({ type: 'PeerRemoved', peer: name });
  }

  /**
   * Returns a function that sends requests to a peer with our credentials. It rejects with {@link PeerAway} while there
   * is no session.
   */
  fetchTo(peer: PeerId): typeof globalThis.fetch {
    return async (input, init) => {
      const link = this.driver.linkOf(peer);
      if (link === undefined) throw new PeerAway(peer);
      const own = await credentials(link.session);
      const silent = this.#silent.signalFor(peer);
      const signal = init?.signal ? AbortSignal.any([init.signal, silent]) : silent;
      const headers = { ...(init?.headers as Record<string, string>), ...own };
      return this.#fetchOf(peer)(input, { ...init, signal, headers });
    };
  }

  /**
   * Closes all sessions and stops. First it announces that our routes are about to go, so that peers select other
   * routes while ours still work. Calls in progress may end.
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

  /**
   * Stops like {@link stop}, but sends no NOTIFICATION to peers. The copy that takes over the port resumes the sessions
   * (RFC 4724 §4.1).
   */
  async release(): Promise<void> {
    await Promise.all([this.driver.stop(), this.#entrance?.close(), this.#warmUp.stop()]);
    this.#sessions.stop();
    this.#silent.stop();
  }

  /**
   * Accepts a link. Throws {@link SessionHeld}, and leaves link and session open, if another router has the session of
   * the peer.
   */
  #accept(link: SessionLink): boolean {
    const { session, remote } = link;
    const { peer } = session;
    const holder = this.driver.linkOf(peer)?.remote;
    if (holder !== undefined && holder.routerId !== remote.routerId) throw new SessionHeld(holder, remote.routerId);
    if (!this.#configured.has(peer)) for (const event of this.#guests.arrive(session)) this.driver.raise(event);
    return this.driver.accept(peer, link);
  }

  #fetchOf(peer: PeerId): typeof globalThis.fetch {
    const { configured, guests } = this.#options.fetch;
    return this.#configured.has(peer) ? configured : guests;
  }

  async #announceShutdown(): Promise<void> {
    const peers = [...this.driver.speaker.peers.values()].filter(({ session }) => session !== undefined);
    const isLarge = this.driver.speaker.locRib.size > MAX_ANNOUNCED;
    if (!this.#wayToPeers.isOpen || peers.length === 0 || isLarge) return;
    for (const { settings } of peers) {
      const policy = gracefulShutdown(settings.policy ?? this.driver.speaker.policy);
      this.driver.raise({ type: 'PeerConfigured', peer: { ...settings, policy }, jitter: 0 });
    }
    await elapsed(MOVE_AWAY_MS);
  }
}

function knownPeer({ name, asn, url, key }: PeerOptions): KnownPeer {
  return { id: name, account: name, asn, url, key };
}

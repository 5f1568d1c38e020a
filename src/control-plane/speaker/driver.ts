import type { Effect } from '../../core/bgp/state/effect.ts';
import type { Event, Timer } from '../../core/bgp/state/event.ts';
import type { Connection, FsmEvent } from '../../core/bgp/fsm/fsm.ts';
import type { Message, Notification } from '../../core/bgp/packet/message.ts';
import type { Decoded } from '../../core/bgp/packet/wire-decoded.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { step } from '../../core/bgp/speaker.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';
import type { Log } from '../../base/telemetry/log-event.ts';
import { Dials } from './dials.ts';
import { Incoming } from './incoming.ts';
import { drawLife } from './draw-life.ts';
import type { Link } from './link.ts';
import { Links } from './links.ts';
import { logEffect, logFaults } from './log-effects.ts';
import { RealTimers } from './real-timers.ts';
import { refusalBy, RefusedByPeer } from './refused-by-peer.ts';
import { sessionInputs } from './session-inputs.ts';
import { steadyNow } from './steady-clock.ts';
import { Traffic } from './traffic.ts';

/**
 * Backlog above which a router sends a peer no new routes, in bytes. Changes in the meantime are sent once, in their
 * newest state.
 */
const MAX_BACKLOG_BYTES = 1024 * 1024;

/**
 * Hold time that applies to a peer whose session is not established and whose messages we have not read, in seconds.
 */
const UNREAD_HOLD_SECONDS = 90;

export interface DriverOptions<L extends Link> {
  readonly speaker: Speaker;
  /** Connects to a peer. Rejects on failure or abort, with {@link RefusedByPeer} if the peer rejects the session. */
  dial(peer: PeerId, signal: AbortSignal): Promise<L>;
  /** Records that a link is closed. Returns the events that follow from that. */
  ended(link: L): readonly Event[];
  /** Called with every processed event and its effects. */
  observe(event: Event, effects: readonly Effect[]): void;
  readonly log: Log;
}

interface Raised<L> {
  readonly event: Event;
  /** The link that the event announces. The peer has dialled it. */
  readonly offered?: { readonly peer: PeerId; readonly link: L };
}

/** Our end of a connection to a peer. */
interface Place<L> {
  readonly peer: PeerId;
  readonly connection: Connection;
  readonly link: L;
}

/**
 * Gives the core its clock, timers and connections. Every event of the router goes through {@link Driver.raise}, one at
 * a time and in order. The driver carries out the effects.
 */
export class Driver<L extends Link = Link> {
  readonly speaker: Speaker;
  readonly traffic = new Traffic();
  readonly #options: DriverOptions<L>;
  readonly #timers: RealTimers;
  readonly #links: Links<L>;
  readonly #dials: Dials<L>;
  readonly #incoming: Incoming;
  /** Peers whose advertise timer expired while their backlog was too large. */
  readonly #withheld = new Set<PeerId>();
  /** The NOTIFICATION with which we ended the session of a link. */
  readonly #farewells = new WeakMap<Link, Notification>();
  readonly #raised: Raised<L>[] = [];
  #running = false;

  constructor(options: DriverOptions<L>) {
    this.#options = options;
    this.speaker = options.speaker;
    this.#incoming = new Incoming({
      settingsOf: (peer) => this.speaker.peers.get(peer)?.settings,
      now: steadyNow,
    });
    this.#links = new Links<L>({
      closing: (link) => {
        this.#incoming.close(link);
      },
      closed: (link) => {
        for (const event of options.ended(link)) this.raise(event);
      },
    });
    this.#dials = new Dials<L>({
      dial: (peer, signal) => options.dial(peer, signal),
      connected: (peer, link) => {
        this.#open({ peer, connection: 'outbound', link });
        this.raise(sessionEvent(peer, 'outbound', { type: 'TransportConnected' }));
      },
      failed: (peer, reason) => {
        this.#dialFailed(peer, reason);
      },
      unwanted: (link) => {
        this.#links.end(link);
      },
    });
    this.#timers = new RealTimers({
      now: steadyNow,
      expired: (timer) => {
        this.#expire(timer);
      },
    });
  }

  raise(event: Event): void {
    this.#enqueue({ event });
  }

  /** Takes a link that a peer has dialled. Returns false, and closes the link, if the core rejects it. */
  accept(peer: PeerId, link: L): boolean {
    // A router has at most one dial to a peer. If a second one arrives, the router has lost the earlier connection.
    if (this.#links.drop(peer, 'inbound')) this.raise(sessionEvent(peer, 'inbound', { type: 'TransportFailed' }));
    const event = sessionEvent(peer, 'inbound', { type: 'TransportAccepted' });
    this.#enqueue({ event, offered: { peer, link } });
    return this.#links.of(peer, 'inbound') === link;
  }

  /** Returns the link of the established session with a peer, if there is one. */
  linkOf(peer: PeerId): L | undefined {
    const connection = this.speaker.peers.get(peer)?.session?.connection;
    return connection && this.#links.of(peer, connection);
  }

  /** Stops all timers, dials and links. Resolves when every link is closed. */
  async stop(): Promise<void> {
    this.#timers.stop();
    this.#incoming.stop();
    this.#dials.stop();
    await this.#links.stop();
  }

  #enqueue(raised: Raised<L>): void {
    this.#raised.push(raised);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#raised.shift(); next !== undefined; next = this.#raised.shift()) this.#run(next);
    } finally {
      this.#running = false;
    }
  }

  #run({ event, offered }: Raised<L>): void {
    const effects = step(this.speaker, event, steadyNow());
    if (offered !== undefined) this.#takeOffer(offered.peer, offered.link, effects);
    for (const effect of effects) {
      this.#carryOut(effect);
      logEffect(effect, this.#options.log);
    }
    this.#options.observe(event, effects);
  }

  #takeOffer(peer: PeerId, link: L, effects: readonly Effect[]): void {
    const refused = effects.some((effect) => effect.type === 'Refuse' && effect.peer === peer);
    if (refused || !this.speaker.peers.has(peer)) this.#links.end(link);
    else this.#open({ peer, connection: 'inbound', link });
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'Dial':
        return this.#dials.begin(effect.peer);
      case 'Send':
        return this.#send(effect);
      case 'Close':
        return this.#close(effect.peer, effect.connection);
      case 'SetTimer':
        return this.#timers.set(effect.timer, effect.at);
      case 'ClearTimer':
        return this.#timers.clear(effect.timer);
      case 'SessionUp':
        return this.traffic.sessionUp(effect.peer);
      case 'SessionDown':
        return this.#resume(effect.peer);
      case 'DrawNeeded':
        return this.raise({ type: 'DrawSupplied', draw: drawLife(effect.nlri) });
      default:
    }
  }

  #send({ peer, connection, message }: Extract<Effect, { type: 'Send' }>): void {
    const link = this.#links.of(peer, connection);
    if (link === undefined) return;
    link.send(message);
    if (message.type === 'notification') this.#farewells.set(link, message);
    this.traffic.sent(peer, message.type);
  }

  #dialFailed(peer: PeerId, reason: unknown): void {
    const error = reason instanceof Error ? reason.message : String(reason);
    this.traffic.dialFailed(peer, error, reason instanceof RefusedByPeer);
    this.#options.log({ event: 'dial-failed', peer, error });
    this.raise(sessionEvent(peer, 'outbound', { type: 'TransportFailed' }));
  }

  #open(place: Place<L>): void {
    const { peer, connection, link } = place;
    this.#links.put(peer, connection, link);
    link.open({
      received: (read, bytes, done) => {
        const over = () => done?.(this.#farewells.get(link));
        this.#incoming.take(link, bytes, { pieces: this.#receive(place, read), over });
      },
      drained: () => {
        if (this.#isOpen(place)) this.#resume(peer);
      },
      lost: () => {
        this.#incoming.after(link, () => {
          if (!this.#isOpen(place)) return;
          this.#links.drop(peer, connection);
          this.raise(sessionEvent(peer, connection, { type: 'TransportFailed' }));
        });
      },
    });
    this.#incoming.open(peer, link);
  }

  #isOpen({ peer, connection, link }: Place<L>): boolean {
    return this.#links.of(peer, connection) === link;
  }

  #close(peer: PeerId, connection: Connection): void {
    if (connection === 'outbound') this.#dials.giveUp(peer);
    this.#links.drop(peer, connection);
  }

  /** Processes a message in pieces. Stops early if its link is no longer in use. */
  *#receive(place: Place<L>, read: () => Decoded): Generator<void> {
    if (!this.#isOpen(place)) return;
    const { peer, connection, link } = place;
    const decoded = read();
    logFaults(peer, decoded, this.#options.log);
    if (decoded.ok) this.#count(peer, decoded.message);
    for (const input of sessionInputs(decoded, link.remote)) {
      if (!this.#isOpen(place)) return;
      this.raise(sessionEvent(peer, connection, input));
      yield;
    }
  }

  #count(peer: PeerId, message: Message): void {
    this.traffic.received(peer, message.type, steadyNow());
    const isUp = this.speaker.peers.get(peer)?.session !== undefined;
    if (message.type === 'notification' && !isUp) this.traffic.dialFailed(peer, refusalBy(message), true);
  }

  #expire(timer: Timer): void {
    if (timer.kind === 'advertise' && (this.linkOf(timer.peer)?.backlog ?? 0) > MAX_BACKLOG_BYTES) {
      this.#withheld.add(timer.peer);
      return;
    }
    if (timer.kind === 'session' && timer.timer === 'hold' && this.#isUnread(timer)) return;
    this.raise({ type: 'TimerExpired', timer, jitter: Math.random() });
  }

  /**
   * Postpones the hold timer by the time in which we did not read from the peer (RFC 4271 §4.4). Returns true if it
   * did.
   */
  #isUnread(timer: Extract<Timer, { kind: 'session' }>): boolean {
    const { peer, connection } = timer;
    const link = this.#links.of(peer, connection);
    const holdSeconds = this.speaker.peers.get(peer)?.session?.negotiated.holdTimeSeconds ?? UNREAD_HOLD_SECONDS;
    const silentAt = link === undefined ? 0 : this.#incoming.silentAt(link, holdSeconds * 1_000);
    if (silentAt <= steadyNow()) return false;
    this.#timers.set(timer, silentAt);
    return true;
  }

  /**
   * Expires a withheld advertise timer. Also does so for an ended session, because the next session would wait for the
   * timer.
   */
  #resume(peer: PeerId): void {
    if (!this.#withheld.delete(peer)) return;
    this.raise({ type: 'TimerExpired', timer: { kind: 'advertise', peer }, jitter: Math.random() });
  }
}

function sessionEvent(peer: PeerId, connection: Connection, input: FsmEvent): Event {
  return { type: 'Session', peer, connection, input, jitter: Math.random() };
}

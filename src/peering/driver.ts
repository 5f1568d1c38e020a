import type { Effect } from '../bgp/state/effect.ts';
import type { Event, Timer } from '../bgp/state/event.ts';
import type { Connection, FsmEvent } from '../bgp/fsm/fsm.ts';
import type { Message, Notification } from '../bgp/packet/message.ts';
import { decodeMessage } from '../bgp/packet/wire-decode.ts';
import { refuse, type Decoded } from '../bgp/packet/wire-decoded.ts';
import { encodeMessage } from '../bgp/packet/wire-encode.ts';
import type { PeerId } from '../bgp/rib/route.ts';
import { step } from '../bgp/speaker.ts';
import type { Speaker } from '../bgp/state/state.ts';
import { UnreadableJson } from '../parse-json.ts';
import type { Log } from '../telemetry/log-event.ts';
import { drawLife, hashLife } from './life.ts';
import { Incoming } from './incoming.ts';
import { MAX_MESSAGE_BYTES, type Done, type Link } from './link.ts';
import { refusalBy, RefusedByPeer } from './refused-by-peer.ts';
import { reportEffect, reportFaults } from './report.ts';
import type { Identity } from './session.ts';
import { SessionHeld } from './session-held.ts';
import { Timers } from './timers.ts';
import { Traffic } from './traffic.ts';
import { updateParts } from './update-parts.ts';

/** Beyond this many bytes on the way a peer is told nothing new: what changes meanwhile is told once, as it ends. */
const MAX_BACKLOG_BYTES = 1024 * 1024;

/** How long a peer may be silent before its session is up once we read again, in seconds. */
const UNREAD_HOLD_SECONDS = 90;

export interface DriverOptions {
  readonly speaker: Speaker;
  /** Connects to a peer; rejects when that fails or is given up. */
  readonly dial: (peer: PeerId, signal: AbortSignal) => Promise<Link>;
  /** A link is closed or lost: nothing may use its session any more. */
  readonly ended: (link: Link) => void;
  /** Sees every event after it was taken in, with what came of it. */
  readonly observe: (event: Event, effects: readonly Effect[]) => void;
  readonly log: Log;
}

interface Raised {
  readonly event: Event;
  /** What the peer has dialled, with the event that says so. */
  readonly offered?: { readonly peer: PeerId; readonly link: Link };
}

/**
 * Gives the core its clock, its timers and its connections: every event of the router goes through `raise`, one at a time
 * and in order, and what the core wants done is done here.
 */
export class Driver {
  readonly speaker: Speaker;
  readonly traffic = new Traffic();
  readonly #options: DriverOptions;
  readonly #timers: Timers;
  readonly #links: Readonly<Record<Connection, Map<PeerId, Link>>> = { inbound: new Map(), outbound: new Map() };
  readonly #dials = new Map<PeerId, AbortController>();
  /** Peers whose advertise timer has expired while they were slow. */
  readonly #withheld = new Set<PeerId>();
  /** Links that still say their last words. */
  readonly #ending = new Set<Promise<void>>();
  /** Why we closed a link. */
  readonly #farewells = new WeakMap<Link, Notification>();
  readonly #incoming: Incoming;
  readonly #raised: Raised[] = [];
  #running = false;

  constructor(options: DriverOptions) {
    this.#options = options;
    this.speaker = options.speaker;
    this.#incoming = new Incoming({ settingsOf: (peer) => this.speaker.peers.get(peer)?.settings, now });
    this.#timers = new Timers({
      now,
      expired: (timer) => {
        this.#expire(timer);
      },
    });
  }

  raise(event: Event): void {
    this.#enqueue({ event });
  }

  /**
   * Takes what a peer has dialled, if the core wants it; whether it does. Throws {@link SessionHeld}, and leaves link and
   * session alone, where another router has the session.
   */
  accept(peer: PeerId, link: Link): boolean {
    const holder = this.linkOf(peer)?.session.remote;
    const { routerId } = link.session.remote;
    if (holder !== undefined && holder.routerId !== routerId) throw new SessionHeld(holder, routerId);
    const links = this.#links.inbound;
    const earlier = links.get(peer);
    if (earlier !== undefined) {
      // A router dials a peer once at a time: for it the earlier connection is gone.
      links.delete(peer);
      this.#end(earlier);
      this.raise(sessionEvent(peer, 'inbound', { type: 'TransportFailed' }));
    }
    const event = sessionEvent(peer, 'inbound', { type: 'TransportAccepted' });
    this.#enqueue({ event, offered: { peer, link } });
    return links.get(peer) === link;
  }

  /** The link of the session with a peer that is up, if one is. */
  linkOf(peer: PeerId): Link | undefined {
    const connection = this.speaker.peers.get(peer)?.session?.connection;
    return connection && this.#links[connection].get(peer);
  }

  /** Ends all timers, dials and links; links say their last words. */
  async stop(): Promise<void> {
    this.#timers.stop();
    this.#incoming.stop();
    for (const dial of this.#dials.values()) dial.abort();
    for (const links of Object.values(this.#links)) {
      for (const link of links.values()) this.#end(link);
      links.clear();
    }
    await Promise.all(this.#ending);
  }

  #enqueue(raised: Raised): void {
    this.#raised.push(raised);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#raised.shift(); next !== undefined; next = this.#raised.shift()) this.#run(next);
    } finally {
      this.#running = false;
    }
  }

  #run({ event, offered }: Raised): void {
    const effects = step(this.speaker, event, now());
    if (offered !== undefined) this.#takeOffer(offered.peer, offered.link, effects);
    for (const effect of effects) {
      this.#carryOut(effect);
      reportEffect(effect, this.#options.log);
    }
    this.#options.observe(event, effects);
  }

  #takeOffer(peer: PeerId, link: Link, effects: readonly Effect[]): void {
    const refused = effects.some((effect) => effect.type === 'Refuse' && effect.peer === peer);
    if (refused || !this.speaker.peers.has(peer)) this.#end(link);
    else this.#open(peer, 'inbound', link);
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'Dial':
        return this.#dial(effect.peer);
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
    const link = this.#links[connection].get(peer);
    if (link === undefined) return;
    link.send(encodeMessage(message));
    if (message.type === 'notification') this.#farewells.set(link, message);
    this.traffic.sent(peer, message.type);
  }

  #dial(peer: PeerId): void {
    this.#dials.get(peer)?.abort();
    const dial = new AbortController();
    this.#dials.set(peer, dial);
    this.#options.dial(peer, dial.signal).then(
      (link) => {
        if (dial.signal.aborted) return this.#end(link);
        this.#dials.delete(peer);
        this.#open(peer, 'outbound', link);
        this.raise(sessionEvent(peer, 'outbound', { type: 'TransportConnected' }));
      },
      (reason: unknown) => {
        if (dial.signal.aborted) return;
        this.#dials.delete(peer);
        const error = reason instanceof Error ? reason.message : String(reason);
        this.traffic.dialFailed(peer, error, reason instanceof RefusedByPeer);
        this.#options.log({ event: 'dial-failed', peer, error });
        this.raise(sessionEvent(peer, 'outbound', { type: 'TransportFailed' }));
      },
    );
  }

  #open(peer: PeerId, connection: Connection, link: Link): void {
    const links = this.#links[connection];
    this.#end(links.get(peer));
    links.set(peer, link);
    const whileOpen = (act: () => void) => {
      if (links.get(peer) === link) act();
    };
    const take = (read: () => Decoded, bytes: number, done: Done = () => undefined) => {
      this.#incoming.take(link, bytes, {
        pieces: this.#receive(peer, connection, link, read),
        over: () => {
          done(this.#farewells.get(link));
        },
      });
    };
    link.open({
      received: (json, bytes, done) => {
        take(() => decoded(json), bytes, done);
      },
      tooLarge: (done) => {
        const reason = `a message of more than ${MAX_MESSAGE_BYTES} bytes`;
        take(() => refuse('bad-message-length', reason), MAX_MESSAGE_BYTES, done);
      },
      drained: () => {
        whileOpen(() => {
          this.#resume(peer);
        });
      },
      lost: () => {
        this.#incoming.after(link, () => {
          whileOpen(() => {
            links.delete(peer);
            this.#end(link);
            this.raise(sessionEvent(peer, connection, { type: 'TransportFailed' }));
          });
        });
      },
    });
    this.#incoming.open(peer, link);
  }

  #close(peer: PeerId, connection: Connection): void {
    if (connection === 'outbound') {
      this.#dials.get(peer)?.abort();
      this.#dials.delete(peer);
    }
    const links = this.#links[connection];
    this.#end(links.get(peer));
    links.delete(peer);
  }

  #end(link: Link | undefined): void {
    if (link === undefined) return;
    this.#incoming.close(link);
    const ending = link.close().then(() => {
      this.#options.ended(link);
      this.#ending.delete(ending);
    });
    this.#ending.add(ending);
  }

  /** Takes in a message in pieces, as long as its link is in use. */
  *#receive(peer: PeerId, connection: Connection, link: Link, read: () => Decoded): Generator<void> {
    const isOpen = () => this.#links[connection].get(peer) === link;
    if (!isOpen()) return;
    const decoded = read();
    reportFaults(peer, decoded, this.#options.log);
    if (decoded.ok) this.#count(peer, decoded.message);
    for (const input of inputsOf(decoded, link.session.remote)) {
      if (!isOpen()) return;
      this.raise(sessionEvent(peer, connection, input));
      yield;
    }
  }

  #count(peer: PeerId, message: Message): void {
    this.traffic.received(peer, message.type, now());
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

  /** Puts the hold timer off while we ourselves do not read what a peer says (RFC 4271 §4.4). */
  #isUnread(timer: Extract<Timer, { kind: 'session' }>): boolean {
    const { peer, connection } = timer;
    const link = this.#links[connection].get(peer);
    const holdSeconds = this.speaker.peers.get(peer)?.session?.negotiated.holdTimeSeconds ?? UNREAD_HOLD_SECONDS;
    const silentAt = link === undefined ? 0 : this.#incoming.silentAt(link, holdSeconds * 1_000);
    if (silentAt <= now()) return false;
    this.#timers.set(timer, silentAt);
    return true;
  }

  /** Lets the advertise timer expire that was withheld, if one was; also for a session that is gone, or the next would wait for it. */
  #resume(peer: PeerId): void {
    if (!this.#withheld.delete(peer)) return;
    this.raise({ type: 'TimerExpired', timer: { kind: 'advertise', peer }, jitter: Math.random() });
  }
}

function sessionEvent(peer: PeerId, connection: Connection, input: FsmEvent): Event {
  return { type: 'Session', peer, connection, input, jitter: Math.random() };
}

function decoded(json: unknown): Decoded {
  if (json instanceof UnreadableJson) return refuse('bad-message-type', `the message ${json.message}`);
  return decodeMessage(json, hashLife);
}

/** What the state machine is told, a long UPDATE in parts. */
function* inputsOf(message: Decoded, remote: Identity): Generator<FsmEvent> {
  if (!message.ok || message.message.type !== 'update') {
    yield inputOf(message, remote);
    return;
  }
  for (const part of updateParts(message.message)) yield { type: 'MessageReceived', message: part };
}

/** What the state machine is told of a message that is no UPDATE; an OPEN must be of the router that has introduced itself (RFC 4271 §6.2). */
function inputOf(decoded: Decoded, { routerId }: Identity): FsmEvent {
  if (!decoded.ok) {
    return { type: 'MessageMalformed', notification: decoded.notification, reason: decoded.reason };
  }
  const { message } = decoded;
  if (message.type === 'open' && message.routerId !== routerId) {
    const reason = `the OPEN is of ${message.routerId}, and ${routerId} has introduced itself`;
    return { type: 'MessageMalformed', notification: 'bad-bgp-identifier', reason };
  }
  return { type: 'MessageReceived', message };
}

const STARTED_AT = performance.timeOrigin;

/** A wall clock that an operator's or a time server's correction does not turn back. */
function now(): number {
  return Math.floor(STARTED_AT + performance.now());
}

import type { Effect } from '../bgp/state/effect.ts';
import type { Event } from '../bgp/state/event.ts';
import type { Message, Update } from '../bgp/packet/message.ts';
import type { Nlri } from '../bgp/packet/nlri.ts';
import type { PeerSettings } from '../bgp/state/peer-settings.ts';
import type { Clock } from './clock.ts';
import { otherEnd, type Link } from './connection.ts';
import { draw } from './lives.ts';
import type { Random } from './random.ts';
import { Router } from './simulated-router.ts';
import { Timers } from './timers.ts';
import { DEFAULT_END, linkKey, type LinkSpec, type Topology } from './topology.ts';
import { Transport } from './virtual-transport.ts';

/** The conditions that hold for every link of a network. */
export interface Weather {
  /** The range from which the latency of each link that names none is drawn. */
  readonly latencyMs: readonly [least: number, most: number];
  readonly loss: number;
  readonly reorder: number;
}

/** An observer of a network. */
export interface Observer {
  /** Before a message that changes tables goes out. */
  sent(from: string, to: string, update: Update): void;
  /** After the best route of an NLRI changed. */
  bestChanged(router: Router, nlri: Nlri): void;
  /** After a router came up, before it learns anything. */
  started(router: Router): void;
  /** After anything happened to a router, before anything follows from it. */
  stepped(router: Router, event: Event, effects: readonly Effect[]): void;
}

/** Replaces a message that a router puts on the wire: it plays a malicious relay. */
export type Relay = (message: Message, from: string, to: string) => readonly Message[];

/** An effect that does nothing outside but tells something. */
type Note = Exclude<Effect, { type: 'Dial' | 'Send' | 'Close' | 'Refuse' | 'SetTimer' | 'ClearTimer' }>;

/** Routers and links in virtual time. */
export class Network {
  readonly routers = new Map<string, Router>();
  readonly links = new Map<string, Link>();
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #transport: Transport;
  readonly #timers = new Map<string, Timers>();
  readonly #observer: Observer;
  readonly #relay: Relay | undefined;
  /** Links whose sessions are not yet what the links allow: up, or down. */
  readonly #unsettled = new Set<Link>();

  constructor(
    topology: Topology,
    weather: Weather,
    clock: Clock,
    random: Random,
    observer: Observer,
    relay: Relay | undefined,
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#observer = observer;
    this.#relay = relay;
    this.#transport = new Transport(clock, random, {
      alive: (name) => this.router(name).alive,
      raise: (name, peer, connection, input) => {
        this.dispatch(this.router(name), { type: 'Session', peer, connection, input, jitter: random.next() });
      },
    });
    for (const link of topology.links) this.#addLink(link, weather);
    const peers = peersOf(topology);
    for (const spec of topology.routers) {
      const router = new Router(spec, peers.get(spec.name) ?? [], random);
      this.routers.set(spec.name, router);
    }
  }

  /** True if all sessions are as their links allow, no message is on the way and no timer will change a table. */
  get quiet(): boolean {
    return this.#clock.idle && this.#unsettled.size === 0;
  }

  get unsettledLinks(): readonly Link[] {
    return [...this.#unsettled];
  }

  router(name: string): Router {
    const router = this.routers.get(name);
    if (router === undefined) throw new RangeError(`there is no router named ${name}`);
    return router;
  }

  link(a: string, b: string): Link {
    const link = this.links.get(linkKey(a, b));
    if (link === undefined) throw new RangeError(`there is no link between ${a} and ${b}`);
    return link;
  }

  start(name: string, clockOffsetMs: number): void {
    const router = this.router(name);
    if (router.alive) return;
    const timers = new Timers(
      (at, raise, foreground) => {
        this.#clock.schedule(at, raise, foreground);
      },
      (timer) => {
        this.dispatch(router, { type: 'TimerExpired', timer, jitter: this.#random.next() });
      },
    );
    this.#timers.set(name, timers);
    const events = router.start(this.#clock.now, clockOffsetMs);
    this.#observer.started(router);
    for (const event of events) this.dispatch(router, event);
    this.#reviewAll(name);
  }

  crash(name: string): void {
    const router = this.router(name);
    this.#timers.get(name)?.stop();
    router.crash();
    this.#transport.crash(name);
    this.#reviewAll(name);
  }

  cut(link: Link): void {
    this.#transport.cut(link);
    this.#review(link);
  }

  restore(link: Link): void {
    link.up = true;
    this.#review(link);
  }

  /** Lets nothing pass between these routers and all others. */
  partition(names: readonly string[]): void {
    for (const link of this.links.values()) {
      if (names.includes(link.a) === names.includes(link.b)) continue;
      link.partitioned = true;
      this.#review(link);
    }
  }

  heal(): void {
    for (const link of this.links.values()) {
      if (link.partitioned) this.#transport.resume(link);
      this.#review(link);
    }
  }

  /** Lets something happen to a router; nothing happens to one that is down. */
  dispatch(router: Router, event: Event): void {
    if (!router.alive) return;
    const effects = router.step(event, this.#clock.now);
    this.#observer.stepped(router, event, effects);
    for (const effect of effects) this.#carryOut(router, effect);
  }

  #carryOut(router: Router, effect: Effect): void {
    const { name } = router;
    switch (effect.type) {
      case 'Dial':
        return this.#transport.dial(this.link(name, effect.peer), name, effect.peer);
      case 'Send':
        return this.#send(name, effect);
      case 'Close':
        return this.#transport.close(name, effect.peer, effect.connection);
      case 'Refuse':
        return this.#transport.refuse(name, effect.peer);
      case 'SetTimer':
        return this.#timers.get(name)?.set(effect.timer, router.trueTime(effect.at));
      case 'ClearTimer':
        return this.#timers.get(name)?.clear(effect.timer);
      default:
        this.#note(router, effect);
    }
  }

  #note(router: Router, effect: Note): void {
    switch (effect.type) {
      case 'SessionUp':
        router.established.add(effect.peer);
        this.#review(this.link(router.name, effect.peer));
        break;
      case 'SessionDown':
        router.established.delete(effect.peer);
        this.#review(this.link(router.name, effect.peer));
        break;
      case 'BestChanged':
        this.#observer.bestChanged(router, effect.nlri);
        break;
      case 'DrawNeeded':
        this.dispatch(router, { type: 'DrawSupplied', draw: draw(effect.nlri, this.#random) });
        break;
      case 'MaxRoutesReached':
      case 'MaxBytesReached':
      case 'RouteLeftOut':
      case 'DisputeHeld':
      case 'RouteDamped':
        break;
    }
  }

  #send(name: string, { peer, connection, message }: Extract<Effect, { type: 'Send' }>): void {
    for (const sent of this.#relay?.(message, name, peer) ?? [message]) {
      if (sent.type === 'update') this.#observer.sent(name, peer, sent);
      this.#transport.send(name, peer, connection, sent);
    }
  }

  #addLink({ between: [a, b], latencyMs }: LinkSpec, { latencyMs: [least, most], loss, reorder }: Weather): void {
    const drawn = latencyMs ?? least + (most - least) * this.#random.next();
    const conditions = { latencyMs: drawn, loss, reorder };
    const link = { a, b, conditions, up: true, partitioned: false, connections: new Set<never>() };
    this.links.set(linkKey(a, b), link);
    this.#unsettled.add(link);
  }

  #reviewAll(name: string): void {
    for (const peer of this.router(name).peers) this.#review(this.link(name, peer.id));
  }

  #review(link: Link): void {
    const a = this.router(link.a);
    const b = this.router(link.b);
    const usable = link.up && !link.partitioned && a.alive && b.alive;
    // A router that is down has no session that could be wrong.
    const settled = [a, b].every((end) => !end.alive || end.established.has(otherEnd(link, end.name)) === usable);
    if (settled) this.#unsettled.delete(link);
    else this.#unsettled.add(link);
  }
}

/** Returns the settings of each router for its peers. */
function peersOf({ routers, links }: Topology): ReadonlyMap<string, PeerSettings[]> {
  const asns = new Map(routers.map(({ name, asn }) => [name, asn]));
  const peers = new Map<string, PeerSettings[]>(routers.map(({ name }) => [name, []]));
  for (const { between, ends } of links) {
    for (const [name, peer] of [between, [between[1], between[0]]] as const) {
      const { mrai, ...end } = ends[name] ?? DEFAULT_END;
      peers.get(name)?.push({
        ...end,
        id: peer,
        asn: asns.get(peer) ?? 0,
        url: `http://${peer}`,
        advertisementIntervalMs: mrai,
        nextHop: 'self',
        maxBytes: Number.MAX_SAFE_INTEGER,
        allowOrigins: undefined,
        allowAgents: undefined,
      });
    }
  }
  return peers;
}

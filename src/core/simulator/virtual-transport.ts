import type { Connection, FsmEvent } from '../bgp/fsm/fsm.ts';
import type { Message } from '../bgp/packet/message.ts';
import type { PeerId } from '../bgp/rib/route.ts';
import { delay } from './channel.ts';
import type { Clock } from './clock.ts';
import { Tcp, type End, type Link, type Segment } from './connection.ts';
import { withLivesHashed } from './lives.ts';
import type { Random } from './random.ts';

/** The router's side of its connections. */
export interface Sockets {
  /** True if a router is there to answer. */
  alive(router: string): boolean;
  raise(router: string, peer: PeerId, side: Connection, event: FsmEvent): void;
}

/** The connections that a router has to one peer. */
interface Ends {
  outbound?: End | undefined;
  inbound?: End | undefined;
  /** Dialled by the peer and not yet answered by the router. */
  offered?: End | undefined;
}

/** TCP between routers: what their sessions run over, with all that may go wrong underneath. */
export class Transport {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #sockets: Sockets;
  readonly #ends = new Map<string, Map<PeerId, Ends>>();

  constructor(clock: Clock, random: Random, sockets: Sockets) {
    this.#clock = clock;
    this.#random = random;
    this.#sockets = sockets;
  }

  dial(link: Link, router: string, peer: PeerId): void {
    this.close(router, peer, 'outbound');
    const tcp = new Tcp(link, router, peer);
    link.connections.add(tcp);
    this.#endsOf(router, peer).outbound = tcp.dialler;
    if (link.up) this.#transmit(tcp.listener, { type: 'syn' });
    else this.#refuseAfter(tcp.dialler);
  }

  send(router: string, peer: PeerId, side: Connection, message: Message): void {
    if (side === 'inbound') this.#accept(router, peer);
    const end = this.#endsOf(router, peer)[side];
    if (end !== undefined) this.#transmit(end.tcp.other(end), { type: 'message', message });
  }

  close(router: string, peer: PeerId, side: Connection): void {
    const ends = this.#endsOf(router, peer);
    const end = ends[side] ?? (side === 'inbound' ? ends.offered : undefined);
    if (end !== undefined) this.#closeEnd(end);
  }

  /** Closes what the peer has just offered and nothing else. */
  refuse(router: string, peer: PeerId): void {
    const { offered } = this.#endsOf(router, peer);
    if (offered !== undefined) this.#closeEnd(offered);
  }

  /** Closes all connections of a router that has crashed. */
  crash(router: string): void {
    for (const ends of this.#ends.get(router)?.values() ?? []) {
      for (const end of [ends.outbound, ends.inbound, ends.offered]) if (end !== undefined) this.#closeEnd(end);
    }
  }

  /** Takes the wire away: both ends see it at once, and what was under way is lost. */
  cut(link: Link): void {
    link.up = false;
    for (const { dialler, listener } of [...link.connections]) {
      for (const end of [dialler, listener]) this.#fail(end);
    }
    link.connections.clear();
  }

  /** Sends again what stalled while the link was partitioned. */
  resume(link: Link): void {
    link.partitioned = false;
    for (const { dialler, listener } of link.connections) {
      for (const end of [dialler, listener]) {
        for (const at of end.incoming.resume(this.#clock.now, link.conditions, this.#random))
          this.#arriveAt(end, at, true);
      }
    }
  }

  #transmit(to: End, segment: Segment): void {
    const { conditions } = to.tcp.link;
    const at = to.incoming.send(segment, this.#clock.now, conditions, this.#random);
    this.#arriveAt(to, at, segment.type !== 'message' || segment.message.type !== 'keepalive');
  }

  #arriveAt(end: End, at: number, foreground: boolean): void {
    this.#clock.schedule(at, () => this.#arrive(end), foreground);
  }

  #arrive(end: End): void {
    const { link } = end.tcp;
    if (link.partitioned) {
      end.incoming.stall();
      return;
    }
    const segment = end.incoming.receive();
    if (segment === undefined || !link.connections.has(end.tcp)) return;
    if (segment.type === 'syn') this.#offer(end);
    else if (end.open) this.#take(end, segment);
  }

  #take(end: End, segment: Exclude<Segment, { type: 'syn' }>): void {
    const { router, peer, side } = end;
    switch (segment.type) {
      case 'accepted':
        this.#sockets.raise(router, peer, side, { type: 'TransportConnected' });
        break;
      case 'message': {
        const message = withLivesHashed(segment.message);
        this.#sockets.raise(router, peer, side, { type: 'MessageReceived', message });
        break;
      }
      case 'fin':
        this.#fail(end);
        break;
    }
  }

  #offer(end: End): void {
    const { router, peer, tcp } = end;
    tcp.answered = true;
    if (!this.#sockets.alive(router)) {
      this.#transmit(tcp.dialler, { type: 'fin' });
      return;
    }
    end.open = true;
    this.#endsOf(router, peer).offered = end;
    this.#transmit(tcp.dialler, { type: 'accepted' });
    this.#sockets.raise(router, peer, 'inbound', { type: 'TransportAccepted' });
    this.#accept(router, peer);
  }

  /** Lets what was offered take the place of what was there before. */
  #accept(router: string, peer: PeerId): void {
    const ends = this.#endsOf(router, peer);
    if (ends.offered === undefined) return;
    const { offered, inbound } = ends;
    ends.offered = undefined;
    if (inbound !== undefined) this.#closeEnd(inbound);
    ends.inbound = offered;
  }

  #refuseAfter(end: End): void {
    const { link } = end.tcp;
    end.tcp.answered = true;
    const back = 2 * delay(link.conditions, this.#random);
    this.#clock.schedule(this.#clock.now + back, () => this.#fail(end), true);
  }

  #closeEnd(end: End): void {
    this.#forget(end);
    this.#transmit(end.tcp.other(end), { type: 'fin' });
  }

  #fail(end: End): void {
    if (!end.open) return;
    this.#forget(end);
    this.#sockets.raise(end.router, end.peer, end.side, { type: 'TransportFailed' });
  }

  #forget(end: End): void {
    end.open = false;
    const ends = this.#endsOf(end.router, end.peer);
    if (ends.offered === end) ends.offered = undefined;
    if (ends[end.side] === end) ends[end.side] = undefined;
    const { tcp } = end;
    if (tcp.answered && !tcp.dialler.open && !tcp.listener.open) tcp.link.connections.delete(tcp);
  }

  #endsOf(router: string, peer: PeerId): Ends {
    const peers = this.#ends.get(router) ?? new Map<PeerId, Ends>();
    this.#ends.set(router, peers);
    const ends = peers.get(peer) ?? {};
    peers.set(peer, ends);
    return ends;
  }
}

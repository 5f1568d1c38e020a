import type { Message } from '../bgp/packet/message.ts';
import type { PeerId } from '../bgp/rib/route.ts';

type Counts = Readonly<Record<Message['type'], number>>;

/** What was said to and heard from one peer since the start. */
export interface PeerTraffic {
  readonly sent: Counts;
  readonly received: Counts;
  /** When the peer was last heard of, in milliseconds since 1970. */
  readonly heardAt: number | undefined;
}

const NONE: Counts = { open: 0, update: 0, keepalive: 0, notification: 0, 'route-refresh': 0 };
const SILENCE: PeerTraffic = { sent: NONE, received: NONE, heardAt: undefined };

/** Counts the messages of every peer. */
export class Traffic {
  readonly #peers = new Map<PeerId, PeerTraffic>();

  of(peer: PeerId): PeerTraffic {
    return this.#peers.get(peer) ?? SILENCE;
  }

  sent(peer: PeerId, type: Message['type']): void {
    const traffic = this.of(peer);
    this.#peers.set(peer, { ...traffic, sent: { ...traffic.sent, [type]: traffic.sent[type] + 1 } });
  }

  received(peer: PeerId, type: Message['type'], at: number): void {
    const traffic = this.of(peer);
    const received = { ...traffic.received, [type]: traffic.received[type] + 1 };
    this.#peers.set(peer, { ...traffic, received, heardAt: at });
  }
}

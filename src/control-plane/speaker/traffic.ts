import { cleanText } from '../../core/bgp/packet/clean-text.ts';
import { MAX_REASON_LENGTH } from '../../core/bgp/packet/limits.ts';
import type { Message } from '../../core/bgp/packet/message.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';

type Counts = Record<Message['type'], number>;

/**
 * Numbers of messages sent to and received from one peer since the start, and the reason of its last failed session.
 */
export interface PeerTraffic {
  readonly sent: Readonly<Counts>;
  readonly received: Readonly<Counts>;
  /** Time of the last message from the peer, in milliseconds since 1970. */
  readonly heardAt: number | undefined;
  /** Reason why the last attempt at a session failed; cleared when a session is established. */
  readonly dialError: string | undefined;
  /** True if the peer rejected that attempt. */
  readonly isRefused: boolean;
}

interface Counting extends PeerTraffic {
  readonly sent: Counts;
  readonly received: Counts;
  heardAt: number | undefined;
  dialError: string | undefined;
  isRefused: boolean;
}

/** Counts the messages of every peer and records failed dials. */
export class Traffic {
  readonly #peers = new Map<PeerId, Counting>();

  of(peer: PeerId): PeerTraffic {
    return this.#peers.get(peer) ?? silence();
  }

  sent(peer: PeerId, type: Message['type']): void {
    this.#counting(peer).sent[type] += 1;
  }

  received(peer: PeerId, type: Message['type'], at: number): void {
    const counting = this.#counting(peer);
    counting.received[type] += 1;
    counting.heardAt = at;
  }

  dialFailed(peer: PeerId, error: string, isRefused: boolean): void {
    const counting = this.#counting(peer);
    counting.dialError = cleanText(error, MAX_REASON_LENGTH);
    counting.isRefused = isRefused;
  }

  sessionUp(peer: PeerId): void {
    const counting = this.#counting(peer);
    counting.dialError = undefined;
    counting.isRefused = false;
  }

  #counting(peer: PeerId): Counting {
    const known = this.#peers.get(peer);
    if (known !== undefined) return known;
    const counting = silence();
    this.#peers.set(peer, counting);
    return counting;
  }
}

function silence(): Counting {
  const none: Counts = { open: 0, update: 0, keepalive: 0, notification: 0, 'route-refresh': 0 };
  return { sent: { ...none }, received: { ...none }, heardAt: undefined, dialError: undefined, isRefused: false };
}

import type { PeerSettings } from '../../core/bgp/state/peer-settings.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { ReadPace } from './read-pace.ts';

/** Smallest number of messages that a peer may send in one burst. */
const MIN_BURST = 2_000;

/** Read paces of all peers. They outlive sessions, so a peer that reconnects gets no new burst. */
export class ReadPaces {
  readonly #paces = new Map<PeerId, ReadPace>();
  readonly #isPeer: (id: PeerId) => boolean;

  constructor(isPeer: (id: PeerId) => boolean) {
    this.#isPeer = isPeer;
  }

  /**
   * Returns the pace of a peer. Its burst has room for a whole table: as many bytes as its routes may take, and one
   * message per route.
   */
  of(peer: PeerId, { maxBytes, maxRoutes }: Pick<PeerSettings, 'maxBytes' | 'maxRoutes'>, now: number): ReadPace {
    const known = this.#paces.get(peer);
    if (known !== undefined) return known;
    for (const [other, pace] of this.#paces) {
      if (!this.#isPeer(other) && pace.isFull(now)) this.#paces.delete(other);
    }
    const pace = new ReadPace({ bytes: maxBytes, messages: Math.max(MIN_BURST, maxRoutes) }, now);
    this.#paces.set(peer, pace);
    return pace;
  }
}

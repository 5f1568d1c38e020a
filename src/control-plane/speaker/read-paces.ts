import type { PeerSettings } from '../../core/bgp/state/peer-settings.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import { ReadPace } from './read-pace.ts';

/** The least number of messages that a peer may send at once. */
const MIN_BURST = 2_000;

/** The paces of all peers. They outlive sessions: whoever comes back has no more to send than if it had stayed. */
export class ReadPaces {
  readonly #paces = new Map<PeerId, ReadPace>();
  readonly #isPeer: (id: PeerId) => boolean;

  constructor(isPeer: (id: PeerId) => boolean) {
    this.#isPeer = isPeer;
  }

  /** A peer may send a whole table at once: as many bytes as its routes may take, and a message for each of them. */
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

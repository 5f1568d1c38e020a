import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Link } from './link.ts';

export interface DialsOptions<L extends Link> {
  /** Connects to a peer. Rejects on failure or abort. */
  dial(peer: PeerId, signal: AbortSignal): Promise<L>;
  connected(peer: PeerId, link: L): void;
  failed(peer: PeerId, reason: unknown): void;
  /** Called with the link of a dial that was aborted before the link opened. */
  unwanted(link: L): void;
}

/** Dials in progress, at most one per peer. */
export class Dials<L extends Link> {
  readonly #options: DialsOptions<L>;
  readonly #underWay = new Map<PeerId, AbortController>();

  constructor(options: DialsOptions<L>) {
    this.#options = options;
  }

  /** Dials a peer. Aborts an earlier dial to it. */
  begin(peer: PeerId): void {
    this.giveUp(peer);
    const dial = new AbortController();
    this.#underWay.set(peer, dial);
    this.#options.dial(peer, dial.signal).then(
      (link) => {
        if (dial.signal.aborted) return this.#options.unwanted(link);
        this.#underWay.delete(peer);
        this.#options.connected(peer, link);
      },
      (reason: unknown) => {
        if (dial.signal.aborted) return;
        this.#underWay.delete(peer);
        this.#options.failed(peer, reason);
      },
    );
  }

  giveUp(peer: PeerId): void {
    this.#underWay.get(peer)?.abort();
    this.#underWay.delete(peer);
  }

  stop(): void {
    for (const peer of [...this.#underWay.keys()]) this.giveUp(peer);
  }
}

import type { RouterId } from '../../core/bgp/packet/router-id.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';
import { mirrorFrame } from './mirror-frame.ts';
import { MirroredLink } from './mirrored-link.ts';
import type { SessionLink } from './session-link.ts';

/** Processes the messages of peers that another copy relays, as if the peers had sent them to us. */
export class MirroredPeers {
  readonly #speaker: Speaker;
  readonly #accept: (link: SessionLink) => void;
  readonly #links = new Map<PeerId, MirroredLink>();

  constructor(speaker: Speaker, accept: (link: SessionLink) => void) {
    this.#speaker = speaker;
    this.#accept = accept;
  }

  take(json: unknown): void {
    const parsed = mirrorFrame.safeParse(json);
    if (!parsed.success || !this.#speaker.peers.has(parsed.data.peer)) return;
    const { peer, message } = parsed.data;
    if (message === undefined) return this.#lose(peer);
    if (message.type === 'open') this.#open(peer, String(message['routerId']));
    this.#links.get(peer)?.deliver(message);
  }

  /** Ends all mirrored links because the other copy is gone. The peers may be back soon. */
  loseAll(): void {
    for (const peer of this.#links.keys()) this.#lose(peer);
  }

  #open(peer: PeerId, routerId: RouterId): void {
    this.#lose(peer);
    const { settings } = this.#speaker;
    const local = { asn: settings.asn, routerId: settings.routerId };
    const asn = this.#speaker.peers.get(peer)?.settings.asn ?? settings.asn;
    const link = new MirroredLink(peer, local, { asn, routerId });
    this.#links.set(peer, link);
    this.#accept(link);
  }

  #lose(peer: PeerId): void {
    const link = this.#links.get(peer);
    this.#links.delete(peer);
    link?.lose();
  }
}

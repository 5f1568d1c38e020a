import type { Asn } from '../bgp/packet/asn.ts';
import type { PeerSettings } from '../bgp/peer-settings.ts';
import type { PeerId } from '../bgp/rib/route.ts';
import type { KnownPeer } from './doorkeeper.ts';
import type { Identity } from './session.ts';

/** Routers that may peer although none of them is configured by itself. */
export interface GuestRange {
  readonly from: Asn;
  readonly to: Asn;
  readonly key: string | undefined;
  /** What holds for each of them. */
  readonly settings: Omit<PeerSettings, 'id' | 'asn' | 'url' | 'passive'>;
}

/** More guests than this are turned away. */
const MAX_GUESTS = 1_000;

/** The routers that peer by the range of their AS: each is a peer from its proof to the end of its session. */
export class Guests {
  readonly #ranges: readonly GuestRange[];
  readonly #present = new Map<PeerId, { readonly peer: KnownPeer; readonly sessions: number }>();

  constructor(ranges: readonly GuestRange[]) {
    this.#ranges = ranges;
  }

  /** Who a router would be, or undefined when it may not be one or there are too many. */
  expected({ asn, routerId }: Identity, url: string | undefined): KnownPeer | undefined {
    const range = this.#rangeOf(asn);
    const id = `as${asn}/${routerId}`;
    if (range === undefined || (this.#present.size >= MAX_GUESTS && !this.#present.has(id))) return undefined;
    return { id, asn, url, key: range.key };
  }

  /** How a guest that has proved itself is configured; undefined for a peer that is no guest. */
  arrive(peer: KnownPeer): PeerSettings | undefined {
    const range = this.#rangeOf(peer.asn);
    if (range === undefined || !peer.id.includes('/')) return undefined;
    this.#present.set(peer.id, { peer, sessions: (this.#present.get(peer.id)?.sessions ?? 0) + 1 });
    const { id, asn, url } = peer;
    return { ...range.settings, id, asn, url, passive: true };
  }

  /** Notes the end of a session; whether with it a guest has gone. */
  leave(id: PeerId): boolean {
    const guest = this.#present.get(id);
    if (guest === undefined) return false;
    if (guest.sessions > 1) this.#present.set(id, { ...guest, sessions: guest.sessions - 1 });
    return guest.sessions <= 1 && this.#present.delete(id);
  }

  named(id: PeerId): KnownPeer | undefined {
    return this.#present.get(id)?.peer;
  }

  #rangeOf(asn: Asn): GuestRange | undefined {
    return this.#ranges.find(({ from, to }) => from <= asn && asn <= to);
  }
}

import type { Event } from '../bgp/state/event.ts';
import type { Asn } from '../bgp/packet/asn.ts';
import type { PeerSettings } from '../bgp/state/peer-settings.ts';
import type { PeerId } from '../bgp/rib/route.ts';
import type { KnownPeer } from './doorkeeper.ts';
import { PeerRefused } from './peer-refused.ts';
import type { Identity, Session } from './session.ts';

/** Routers that may peer although none of them is configured by itself. */
export interface GuestRange {
  readonly from: Asn;
  readonly to: Asn;
  readonly key: string | undefined;
  /** What holds for each of them. */
  readonly settings: Omit<PeerSettings, 'id' | 'asn' | 'url' | 'passive'>;
}

export interface GuestsOptions {
  readonly ranges: readonly GuestRange[];
  /** True if the session with a guest is up. */
  readonly isUp: (guest: PeerId) => boolean;
  readonly raise: (event: Event) => void;
}

/** More guests than this have no place. */
const MAX_GUESTS = 1_000;

/** The routers that peer by the range of their AS: each is a peer as long as it has a link, and takes no place without one. */
export class Guests {
  readonly #options: GuestsOptions;
  /** The sessions of each guest that have a link: two while the later one replaces the earlier one. */
  readonly #present = new Map<PeerId, Set<Session>>();

  constructor(options: GuestsOptions) {
    this.#options = options;
  }

  /** Who a router would be, or undefined when it may not be a guest. */
  expected({ asn, routerId }: Identity, url: string | undefined): KnownPeer | undefined {
    const range = this.#rangeOf(asn);
    return range && { id: idOf({ asn, routerId }), asn, url, key: range.key };
  }

  /** Makes a peer of a guest whose link is here; throws {@link PeerRefused} when there is no place. */
  arrive(session: Session): void {
    const { peer: id, remote, url } = session;
    const range = this.#rangeOf(remote.asn);
    if (range === undefined) return;
    if (!this.#present.has(id)) this.#makeRoom();
    this.#present.set(id, (this.#present.get(id) ?? new Set()).add(session));
    const peer = { ...range.settings, id, asn: remote.asn, url, passive: true };
    this.#options.raise({ type: 'PeerConfigured', peer, jitter: Math.random() });
  }

  /** Notes the end of a session; with the last one of a guest it is no peer any more. */
  leave(session: Session): void {
    const { peer } = session;
    const sessions = this.#present.get(peer);
    if (sessions?.delete(session) === true && sessions.size === 0) this.#remove(peer);
  }

  /** A guest whose session does not come up gives its place to the next one. */
  #makeRoom(): void {
    if (this.#present.size < MAX_GUESTS) return;
    for (const id of this.#present.keys()) if (!this.#options.isUp(id)) return this.#remove(id);
    throw new PeerRefused(`there are ${MAX_GUESTS} guests already`);
  }

  #remove(id: PeerId): void {
    this.#present.delete(id);
    this.#options.raise({ type: 'PeerRemoved', peer: id });
  }

  #rangeOf(asn: Asn): GuestRange | undefined {
    return this.#options.ranges.find(({ from, to }) => from <= asn && asn <= to);
  }
}

function idOf({ asn, routerId }: Identity): PeerId {
  return `as${asn}/${routerId}`;
}

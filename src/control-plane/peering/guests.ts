import type { Event } from '../../core/bgp/state/event.ts';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { KnownPeer } from './doorkeeper.ts';
import { peerSettings, type PeerOptions } from './peer-options.ts';
import { PeerRefused } from './peer-refused.ts';
import type { Identity } from '../speaker/identity.ts';
import type { Session } from './authenticated-session.ts';

/** Routers that may peer although none of them is configured by itself, and what holds for each of them. */
export interface GuestRange extends Pick<
  PeerOptions,
  | 'key'
  | 'holdTimeSeconds'
  | 'advertisementIntervalMs'
  | 'maxRoutes'
  | 'maxBytes'
  | 'allowOrigins'
  | 'allowAgents'
  | 'damping'
> {
  readonly asns: { readonly from: Asn; readonly to: Asn };
}

/** What holds for every guest. */
const FOR_ALL = { passive: true, restartTimeSeconds: 0, client: false, policy: undefined, nextHop: 'self' } as const;

/** More guests than this have no place. */
const MAX_GUESTS = 1_000;

/** The routers that peer by the range of their AS: each is a peer as long as it has a link, and takes no place without one. */
export class Guests {
  readonly #ranges: readonly GuestRange[];
  readonly #isUp: (guest: PeerId) => boolean;
  /** The sessions of each guest that have a link: two while the later one replaces the earlier one. */
  readonly #present = new Map<PeerId, Set<Session>>();

  /** `isUp` is true if the session with a guest is up. */
  constructor(ranges: readonly GuestRange[], isUp: (guest: PeerId) => boolean) {
    this.#ranges = ranges;
    this.#isUp = isUp;
  }

  /** Who a router would be, or undefined when it may not be a guest. */
  expected({ asn, routerId }: Identity, url: string | undefined): KnownPeer | undefined {
    const range = this.#rangeOf(asn);
    // Guests could choose another router id with every session, so that they are counted by their AS.
    return range && { id: `as${asn}/${routerId}`, account: `as${asn}`, asn, url, key: range.key };
  }

  /** Returns the events that make a peer of a guest whose link is here; throws {@link PeerRefused} when there is no place. */
  arrive(session: Session): readonly Event[] {
    const { peer: id, remote, url } = session;
    const range = this.#rangeOf(remote.asn);
    if (range === undefined) return [];
    const leaving = this.#present.has(id) ? [] : this.#makeRoom();
    this.#present.set(id, (this.#present.get(id) ?? new Set()).add(session));
    const peer = peerSettings({ ...range, ...FOR_ALL, name: id, asn: remote.asn, url });
    return [...leaving, { type: 'PeerConfigured', peer, jitter: Math.random() }];
  }

  /** Takes note of the end of a session; with the last one of a guest, returns the event that it is no peer any more. */
  leave(session: Session): readonly Event[] {
    const { peer } = session;
    const sessions = this.#present.get(peer);
    return sessions?.delete(session) === true && sessions.size === 0 ? [this.#remove(peer)] : [];
  }

  /** A guest whose session does not come up gives its place to the next one. */
  #makeRoom(): readonly Event[] {
    if (this.#present.size < MAX_GUESTS) return [];
    for (const id of this.#present.keys()) if (!this.#isUp(id)) return [this.#remove(id)];
    throw new PeerRefused(`there are ${MAX_GUESTS} guests already`);
  }

  #remove(id: PeerId): Event {
    this.#present.delete(id);
    return { type: 'PeerRemoved', peer: id };
  }

  #rangeOf(asn: Asn): GuestRange | undefined {
    return this.#ranges.find(({ asns: { from, to } }) => from <= asn && asn <= to);
  }
}

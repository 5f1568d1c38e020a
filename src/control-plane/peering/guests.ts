import type { Event } from '../../core/bgp/state/event.ts';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { KnownPeer } from './doorkeeper.ts';
import { peerSettings, type PeerOptions } from './peer-options.ts';
import { PeerRefused } from './peer-refused.ts';
import type { Identity } from '../speaker/identity.ts';
import type { Session } from './authenticated-session.ts';

/**
 * A range of AS numbers whose routers may peer without being configured one by one, and the settings of each of them.
 */
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

/** Settings of every guest. */
const FOR_ALL = { passive: true, restartTimeSeconds: 0, client: false, policy: undefined, nextHop: 'self' } as const;

/** Largest number of guests. */
const MAX_GUESTS = 1_000;

/** Routers that peer because their AS is in a range. A guest is a peer only while it has a link. */
export class Guests {
  readonly #ranges: readonly GuestRange[];
  readonly #isUp: (guest: PeerId) => boolean;
  /** Sessions with a link, by guest. A guest has two while the later one replaces the earlier one. */
  readonly #present = new Map<PeerId, Set<Session>>();

  /** `isUp` returns true if the session with a guest is established. */
  constructor(ranges: readonly GuestRange[], isUp: (guest: PeerId) => boolean) {
    this.#ranges = ranges;
    this.#isUp = isUp;
  }

  /** Returns the guest that a router would be, or undefined if it may not be one. */
  expected({ asn, routerId }: Identity, url: string | undefined): KnownPeer | undefined {
    const range = this.#rangeOf(asn);
    // A guest could choose another router id for every session, so guests are counted by their AS.
    return range && { id: `as${asn}/${routerId}`, account: `as${asn}`, asn, url, key: range.key };
  }

  /**
   * Returns the events that make a router with a new link a guest. Throws {@link PeerRefused} if all places are taken.
   */
  arrive(session: Session): readonly Event[] {
    const { peer: id, remote, url } = session;
    const range = this.#rangeOf(remote.asn);
    if (range === undefined) return [];
    const leaving = this.#present.has(id) ? [] : this.#makeRoom();
    this.#present.set(id, (this.#present.get(id) ?? new Set()).add(session));
    const peer = peerSettings({ ...range, ...FOR_ALL, name: id, asn: remote.asn, url });
    return [...leaving, { type: 'PeerConfigured', peer, jitter: Math.random() }];
  }

  /** Records the end of a session. If it was the last one of a guest, returns the event that removes the peer. */
  leave(session: Session): readonly Event[] {
    const { peer } = session;
    const sessions = this.#present.get(peer);
    return sessions?.delete(session) === true && sessions.size === 0 ? [this.#remove(peer)] : [];
  }

  /** Returns the event that removes a guest without an established session, if all places are taken. */
  #makeRoom(): readonly Event[] {
    if (this.#present.size < MAX_GUESTS) return [];
    for (const id of this.#present.keys()) if (!this.#isUp(id)) return [this.#remove(id)];
    throw new PeerRefused(`all ${MAX_GUESTS} places for guests are taken`);
  }

  #remove(id: PeerId): Event {
    this.#present.delete(id);
    return { type: 'PeerRemoved', peer: id };
  }

  #rangeOf(asn: Asn): GuestRange | undefined {
    return this.#ranges.find(({ asns: { from, to } }) => from <= asn && asn <= to);
  }
}

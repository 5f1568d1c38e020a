import type { PeerSettings } from '../bgp/state/peer-settings.ts';
import type { CallerConfig, GuestConfig, PeerConfig } from '../config/config.ts';
import type { Caller } from '../peering/callers.ts';
import type { GuestRange } from '../peering/guests.ts';
import type { PeerOptions } from '../peering/peering.ts';

/** A configured peer as peering and the core take it. */
export function peerOptions({ name, key, insecure: _insecure, callers: _callers, ...peer }: PeerConfig): PeerOptions {
  const settings: PeerSettings = {
    ...peer,
    id: name,
    passive: peer.passive || peer.url === undefined,
    proofs: true,
  };
  return { settings, key };
}

/** The same for peers that are not listed. */
export function guestRange({ asns, key, ...given }: GuestConfig): GuestRange {
  const { from, to } = asns;
  const settings = {
    ...given,
    restartTimeSeconds: 0,
    client: false,
    policy: undefined,
    nextHop: 'self',
    proofs: true,
  } as const;
  return { from, to, key, settings };
}

/** A router that may call without being a peer, under a name that no peer has. */
export function callerOf({ asn, key }: CallerConfig): Caller {
  return { id: `caller:as${asn}`, asn, key };
}

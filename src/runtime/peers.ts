import type { PeerSettings } from '../bgp/peer-settings.ts';
import type { PeerConfig } from '../config/config.ts';
import type { PeerOptions } from '../peering/peering.ts';

/** A configured peer as peering and the core take it. */
export function peerOptions({ name, key, insecure: _insecure, ...peer }: PeerConfig): PeerOptions {
  const settings: PeerSettings = {
    ...peer,
    id: name,
    passive: peer.passive || peer.url === undefined,
    nextHop: 'self',
    proofs: true,
  };
  return { settings, key };
}

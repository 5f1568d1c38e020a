import type { PeerSettings } from '../../core/bgp/state/peer-settings.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';

/** A configured peer. */
export interface PeerOptions extends Omit<PeerSettings, 'id' | 'proofs'> {
  readonly name: PeerId;
  /** Secret that both sides know. */
  readonly key: string | undefined;
}

/** Returns the settings of a configured peer for the core. A peer without a URL cannot be dialled. */
export function peerSettings(peer: PeerOptions): PeerSettings {
  return {
    id: peer.name,
    asn: peer.asn,
    url: peer.url,
    passive: peer.passive || peer.url === undefined,
    holdTimeSeconds: peer.holdTimeSeconds,
    restartTimeSeconds: peer.restartTimeSeconds,
    advertisementIntervalMs: peer.advertisementIntervalMs,
    client: peer.client,
    nextHop: peer.nextHop,
    maxRoutes: peer.maxRoutes,
    maxBytes: peer.maxBytes,
    allowOrigins: peer.allowOrigins,
    allowAgents: peer.allowAgents,
    damping: peer.damping,
    policy: peer.policy,
    proofs: true,
  };
}

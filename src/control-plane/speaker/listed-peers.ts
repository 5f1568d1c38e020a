import type { Asn } from '../../core/bgp/packet/asn.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';
import { peerState } from '../../core/bgp/view.ts';
import type { PeerId } from '../../core/bgp/rib/route.ts';
import type { Traffic } from './traffic.ts';

interface ListedPeer {
  readonly name: PeerId;
  readonly asn: Asn;
  readonly url: string | undefined;
  readonly state: ReturnType<typeof peerState>;
  /** Reason why the last attempt at a session failed; undefined while a session is established. */
  readonly error: string | undefined;
}

/** Lists every peer with the state of its session. */
export function* listedPeers(speaker: Speaker, traffic: Traffic): Generator<ListedPeer> {
  for (const peer of speaker.peers.values()) {
    const { id: name, asn, url } = peer.settings;
    const error = peer.session === undefined ? traffic.of(name).dialError : undefined;
    yield { name, asn, url, state: peerState(peer), error };
  }
}

/** Returns the names of the peers without an established session. */
export function peersAway(speaker: Speaker): readonly PeerId[] {
  return [...speaker.peers.values()].flatMap(({ session, settings }) => (session === undefined ? [settings.id] : []));
}

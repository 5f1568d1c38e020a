import type { Asn } from '../bgp/packet/asn.ts';
import { originAs } from '../bgp/packet/as-path.ts';
import type { Speaker } from '../bgp/state/state.ts';
import { locRib, peerState } from '../bgp/view.ts';
import type { ListedPeer } from '../mcp/backend.ts';
import type { Traffic } from '../peering/traffic.ts';

/** The peers as the tools list them. */
export function* listedPeers(speaker: Speaker, traffic: Traffic): Generator<ListedPeer> {
  for (const peer of speaker.peers.values()) {
    const { id: name, asn, url } = peer.settings;
    const error = peer.session === undefined ? traffic.of(name).dialError : undefined;
    yield { name, asn, url, state: peerState(peer), error };
  }
}

/** How many peers a notice names. */
const MAX_NAMED = 3;

/** Which peers refuse a session with us, and why, in a few sentences; undefined where none does. */
export function refusals(speaker: Speaker, traffic: Traffic): string | undefined {
  const away = peersAway(speaker).filter((peer) => traffic.of(peer).isRefused);
  if (away.length === 0) return undefined;
  const named = away.slice(0, MAX_NAMED).map((peer) => `No session with ${peer}: ${traffic.of(peer).dialError}.`);
  const more = away.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more peers refuse a session.`] : [])].join(' ');
}

/** The names of the peers that there is no session with. */
export function peersAway(speaker: Speaker): readonly string[] {
  return [...speaker.peers.values()].flatMap(({ session, settings }) => (session === undefined ? [settings.id] : []));
}

/** Whether an AS is our own, that of a server or a peer, or the origin of a route. */
export function isKnownAs(speaker: Speaker, asn: Asn): boolean {
  if (speaker.settings.asn === asn) return true;
  if ([...speaker.peers.values()].some(({ settings }) => settings.asn === asn)) return true;
  for (const { routes } of locRib(speaker)) {
    if (routes.some(({ attributes }) => originAs(attributes.asPath) === asn)) return true;
  }
  return false;
}

import type { Asn } from '../../core/bgp/packet/asn.ts';
import { originAs } from '../../core/bgp/packet/as-path.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';
import { locRib } from '../../core/bgp/view.ts';

/**
 * Returns true if an AS is our own, that of a peer, or the origin of a route. The AS of a server is the origin of its
 * routes.
 */
export function isKnownAs(speaker: Speaker, asn: Asn): boolean {
  if (speaker.settings.asn === asn) return true;
  if ([...speaker.peers.values()].some(({ settings }) => settings.asn === asn)) return true;
  for (const { routes } of locRib(speaker)) {
    if (routes.some(({ attributes }) => originAs(attributes.asPath) === asn)) return true;
  }
  return false;
}

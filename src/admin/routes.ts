import { FAMILIES } from '../bgp/packet/nlri.ts';
import type { PathAttributes } from '../bgp/packet/attributes.ts';
import type { Peer, Speaker } from '../bgp/state.ts';
import { destination, locRib } from '../bgp/view.ts';
import { InvalidQuery } from './invalid-query.ts';
import { learnedRoute, shownRoute, type ShownRoute } from './shown-route.ts';

const RIBS = ['in', 'loc', 'out'] as const;
const PARAMETERS = ['family', 'rib', 'peer'];

/** The peers that are asked for. */
type IsAsked = (peer: Pick<Peer['settings'], 'id' | 'asn'>) => boolean;

/** The routes of one table: as received, as chosen, or as told to peers (RFC 4271 §3.2). `self` is this router as a next hop. */
export function routes(speaker: Speaker, query: URLSearchParams, self: string): readonly ShownRoute[] {
  if ([...query.keys()].some((key) => !PARAMETERS.includes(key))) throw new InvalidQuery('each parameter', PARAMETERS);
  const rib = RIBS.find((known) => known === (query.get('rib') ?? 'loc'));
  if (rib === undefined) throw new InvalidQuery('rib', RIBS);
  const family = query.get('family');
  if (family !== null && !FAMILIES.some((known) => known === family)) throw new InvalidQuery('family', FAMILIES);
  const all = { in: adjRibIn, loc: chosen, out: adjRibOut }[rib](speaker, asked(speaker, query.get('peer')), self);
  return [...all].filter((route) => family === null || route.family === family);
}

/** A peer is named as in policies: by its name, or by its AS, of which there may be several. */
function asked(speaker: Speaker, name: string | null): IsAsked | undefined {
  if (name === null) return undefined;
  const isAsked: IsAsked = ({ id, asn }) => id === name || String(asn) === name;
  const all = [...speaker.peers.values()].map(({ settings }) => settings);
  if (all.some(isAsked)) return isAsked;
  throw new InvalidQuery('peer', [...new Set(all.flatMap(({ id, asn }) => [id, String(asn)]))]);
}

/** A next hop that is left out is the router that tells of the route (RFC 4271 §5.1.3). */
function withNextHop(attributes: PathAttributes, teller: string): PathAttributes {
  return attributes.nextHop === '' ? { ...attributes, nextHop: teller } : attributes;
}

function* adjRibIn(speaker: Speaker, isAsked: IsAsked | undefined): Generator<ShownRoute> {
  for (const [id, { settings, adjRibIn: received }] of speaker.peers) {
    if (isAsked?.(settings) === false) continue;
    for (const route of received.values()) {
      const best = destination(speaker, route.nlri)?.best === route;
      yield learnedRoute(route, best, withNextHop(route.received, settings.url ?? id));
    }
  }
}

function* chosen(speaker: Speaker, isAsked: IsAsked | undefined, self: string): Generator<ShownRoute> {
  for (const { best } of locRib(speaker)) {
    if (best === undefined) continue;
    if (isAsked === undefined || (best.source.kind === 'peer' && isAsked(best.source)))
      yield learnedRoute(best, true, withNextHop(best.attributes, self));
  }
}

function* adjRibOut(
  speaker: Speaker,
  isAsked: IsAsked | undefined,
  self: string,
): Generator<ShownRoute & { readonly peer: string }> {
  for (const [id, peer] of speaker.peers) {
    if (isAsked?.(peer.settings) === false) continue;
    for (const [nlri, { attributes }] of peer.adjRibOut)
      yield { peer: id, ...shownRoute(nlri, withNextHop(attributes, self)) };
  }
}

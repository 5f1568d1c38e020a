import { FAMILIES } from '../bgp/packet/nlri.ts';
import type { Speaker } from '../bgp/state.ts';
import { destination, locRib } from '../bgp/view.ts';
import { InvalidQuery } from './invalid-query.ts';
import { learnedRoute, shownRoute, type ShownRoute } from './shown-route.ts';

const RIBS = ['in', 'loc', 'out'] as const;

/** The routes of one table: as received, as chosen, or as told to peers (RFC 4271 §3.2). */
export function routes(speaker: Speaker, query: URLSearchParams): readonly ShownRoute[] {
  const rib = RIBS.find((known) => known === (query.get('rib') ?? 'loc'));
  if (rib === undefined) throw new InvalidQuery('rib', RIBS);
  const family = query.get('family');
  if (family !== null && !FAMILIES.some((known) => known === family)) throw new InvalidQuery('family', FAMILIES);
  const peer = query.get('peer');
  if (peer !== null && !speaker.peers.has(peer)) throw new InvalidQuery('peer', [...speaker.peers.keys()]);
  const all = { in: adjRibIn, loc: chosen, out: adjRibOut }[rib](speaker, peer);
  return [...all].filter((route) => family === null || route.family === family);
}

function* adjRibIn(speaker: Speaker, only: string | null): Generator<ShownRoute> {
  for (const [id, peer] of speaker.peers) {
    if (only !== null && id !== only) continue;
    for (const route of peer.adjRibIn.values()) {
      yield learnedRoute(route, destination(speaker, route.nlri)?.best === route, route.received);
    }
  }
}

function* chosen(speaker: Speaker, only: string | null): Generator<ShownRoute> {
  for (const { best } of locRib(speaker)) {
    if (best === undefined) continue;
    if (only === null || (best.source.kind === 'peer' && best.source.id === only)) yield learnedRoute(best, true);
  }
}

function* adjRibOut(speaker: Speaker, only: string | null): Generator<ShownRoute & { readonly peer: string }> {
  for (const [id, peer] of speaker.peers) {
    if (only !== null && id !== only) continue;
    for (const [nlri, { attributes }] of peer.adjRibOut) yield { peer: id, ...shownRoute(nlri, attributes) };
  }
}

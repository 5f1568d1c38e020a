import type { PathAttributes } from '../../core/bgp/packet/attributes.ts';
import type { Nlri } from '../../core/bgp/packet/nlri.ts';
import type { Entry } from '../../core/bgp/rib/loc-rib.ts';
import type { Peer, Speaker } from '../../core/bgp/state/state.ts';
import { learnedRoute, shownRoute, type ShownRoute } from './shown-route.ts';

export const RIBS = ['in', 'loc', 'out'] as const;

/** A table of routes: Adj-RIBs-In, Loc-RIB or Adj-RIBs-Out (RFC 4271 §3.2). */
export type Rib = (typeof RIBS)[number];

/** Returns true if a query asks for the peer. */
export type IsAsked = (peer: Pick<Peer['settings'], 'id' | 'asn'>) => boolean;

/** Position of a walk through a table: all lower serials are done, and the rows of this serial up to the name. */
export type Place = readonly [serial: number, name: string];

/** A route in the answer to an operator. */
export interface Row {
  readonly nlri: Nlri;
  /** Returns the route; `self` stands for this router as next hop. */
  readonly show: (self: string) => ShownRoute;
}

/** Position before the first row. */
export const START: Place = [0, ''];

/** Returns true if `a` is later in a walk than `b`. */
export function isAfter(a: Place, b: Place): boolean {
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}

/** One step of a walk. The last step of each NLRI has no row. */
export type Step = readonly [at: Place, row: Row | undefined];

/**
 * Yields the rows of a table after a position, sorted by the serial of the NLRI and the name of the peer. The order does not
 * change, so that a walk over several pages yields every route that persists exactly once.
 */
export function* rowsAfter(speaker: Speaker, rib: Rib, isAsked: IsAsked | undefined, from: Place): Generator<Step> {
  const rows = ROWS[rib](speaker, isAsked);
  for (const entry of speaker.locRib.after(from[0] - 1)) {
    for (const [name, row] of rows(entry)) {
      const at: Place = [entry.serial, name];
      if (isAfter(at, from)) yield [at, row];
    }
    yield [[entry.serial + 1, ''], undefined];
  }
}

/** Returns the rows of one entry with their names, sorted by name. */
type RowsOf = (entry: Entry) => readonly (readonly [string, Row])[];

const ROWS: Readonly<Record<Rib, (speaker: Speaker, isAsked: IsAsked | undefined) => RowsOf>> = {
  in: adjRibIn,
  loc: chosen,
  out: adjRibOut,
};

function adjRibIn(speaker: Speaker, isAsked: IsAsked | undefined): RowsOf {
  return ({ nlri, routes, best }) =>
    routes
      .flatMap((route): [string, Row][] => {
        const { source, received } = route;
        const peer = source.kind === 'peer' ? speaker.peers.get(source.id) : undefined;
        if (peer === undefined || isAsked?.(peer.settings) === false) return [];
        const { id, url } = peer.settings;
        return [[id, { nlri, show: () => learnedRoute(route, route === best, withNextHop(received, url ?? id)) }]];
      })
      .sort(byName);
}

function chosen(_speaker: Speaker, isAsked: IsAsked | undefined): RowsOf {
  return ({ nlri, best }) => {
    if (best === undefined) return [];
    if (isAsked !== undefined && !(best.source.kind === 'peer' && isAsked(best.source))) return [];
    return [['best', { nlri, show: (self) => learnedRoute(best, true, withNextHop(best.attributes, self)) }]];
  };
}

function adjRibOut(speaker: Speaker, isAsked: IsAsked | undefined): RowsOf {
  const peers = [...speaker.peers.values()]
    .filter(({ settings, adjRibOut: told }) => told.size > 0 && isAsked?.(settings) !== false)
    .map(({ settings: { id }, adjRibOut: told }) => [id, told] as const)
    .sort(byName);
  return ({ nlri }) =>
    peers.flatMap(([peer, told]): [string, Row][] => {
      const advertised = told.get(nlri);
      if (advertised === undefined) return [];
      const show = (self: string) => ({ peer, ...shownRoute(nlri, withNextHop(advertised.attributes, self)) });
      return [[peer, { nlri, show }]];
    });
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

/** Fills in an empty next hop, which stands for the router that advertises the route (RFC 4271 §5.1.3). */
function withNextHop(attributes: PathAttributes, teller: string): PathAttributes {
  return attributes.nextHop === '' ? { ...attributes, nextHop: teller } : attributes;
}

import type { Cursors } from '../../base/lists/cursors.ts';
import { FAMILIES, familyOf, type Family } from '../../core/bgp/packet/nlri.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';
import { streamedList } from '../../base/lists/streamed-list.ts';
import { InvalidQuery, notAmong } from './invalid-query.ts';
import { isAfter, RIBS, rowsAfter, START, type IsAsked, type Place, type Rib } from './rib-rows.ts';

/** Maximum and default number of routes in one answer. */
export const MAX_ROUTES = 10_000;

const PARAMETERS = ['family', 'rib', 'peer', 'limit', 'cursor'];

/** A page of a table. */
export interface RoutesPage {
  /** Routes as a JSON array. The table is read while they are sent. */
  readonly body: ReadableStream<Uint8Array>;
  /** Query of the next page; undefined on the last page. */
  readonly next: string | undefined;
}

/** A parsed query. */
interface Wanted {
  readonly rib: Rib;
  readonly family: Family | undefined;
  readonly isAsked: IsAsked | undefined;
  readonly limit: number;
  readonly start: Place;
}

/** Returns a page of the routes of one table. `self` is this router as a next hop. */
export function routes(speaker: Speaker, query: URLSearchParams, self: string, cursors: Cursors): RoutesPage {
  const wanted = read(speaker, query, cursors);
  const { rib, family, isAsked, start } = wanted;
  const { end, isLast } = endOfPage(speaker, wanted);
  const body = streamedList<Place>({
    head: '[',
    tail: ']',
    start,
    *after(place) {
      for (const [at, row] of rowsAfter(speaker, rib, isAsked, place)) {
        if (isAfter(at, end)) return;
        const isShown = row !== undefined && (family ?? familyOf(row.nlri)) === familyOf(row.nlri);
        yield [at, isShown ? JSON.stringify(row.show(self)) : ''];
      }
    },
  });
  return { body, next: isLast ? undefined : nextQuery(query, cursors.seal(listOf(query), end)) };
}

/** Finds the end of the page before its first route is sent, because the Link header precedes the body. */
function endOfPage(speaker: Speaker, { rib, family, isAsked, limit, start }: Wanted): { end: Place; isLast: boolean } {
  const { newest } = speaker.locRib;
  let end = start;
  let shown = 0;
  for (const [at, row] of rowsAfter(speaker, rib, isAsked, start)) {
    if (row === undefined || (family ?? familyOf(row.nlri)) !== familyOf(row.nlri)) continue;
    if (shown === limit) return { end, isLast: false };
    end = at;
    shown += 1;
  }
  return { end: [newest + 1, ''], isLast: true };
}

function read(speaker: Speaker, query: URLSearchParams, cursors: Cursors): Wanted {
  if ([...query.keys()].some((key) => !PARAMETERS.includes(key))) throw notAmong('each parameter', PARAMETERS);
  const rib = RIBS.find((known) => known === (query.get('rib') ?? 'loc'));
  if (rib === undefined) throw notAmong('rib', RIBS);
  const family = FAMILIES.find((known) => known === query.get('family'));
  if (query.has('family') && family === undefined) throw notAmong('family', FAMILIES);
  const isAsked = asked(speaker, query.get('peer'));
  return { rib, family, isAsked, limit: limitIn(query), start: startIn(query, cursors) };
}

function limitIn(query: URLSearchParams): number {
  const text = query.get('limit') ?? String(MAX_ROUTES);
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_ROUTES) return limit;
  throw new InvalidQuery(`limit must be a whole number from 1 to ${MAX_ROUTES}`);
}

function startIn(query: URLSearchParams, cursors: Cursors): Place {
  const cursor = query.get('cursor');
  if (cursor === null) return START;
  const position = cursors.open(listOf(query), cursor);
  if (position !== undefined) return position as Place;
  throw new InvalidQuery(
    'cursor must come from the Link header of this query since the router started; remove it to start again',
  );
}

/** Names the list that a cursor belongs to. The name omits `limit`, because pages may differ in size. */
function listOf(query: URLSearchParams): string {
  return JSON.stringify(['rib', 'family', 'peer'].map((name) => query.get(name)));
}

function nextQuery(query: URLSearchParams, cursor: string): string {
  const next = new URLSearchParams(query);
  next.set('cursor', cursor);
  return next.toString();
}

/** Selects peers as policies do: by name, or by an AS, which may match several peers. */
function asked(speaker: Speaker, name: string | null): IsAsked | undefined {
  if (name === null) return undefined;
  const isAsked: IsAsked = ({ id, asn }) => id === name || String(asn) === name;
  const all = [...speaker.peers.values()].map(({ settings }) => settings);
  if (all.some(isAsked)) return isAsked;
  throw notAmong('peer', [...new Set(all.flatMap(({ id, asn }) => [id, String(asn)]))]);
}

import { familyOf } from '../../core/bgp/packet/nlri.ts';
import type { Entry } from '../../core/bgp/rib/loc-rib.ts';
import type { PeerSource, Route, StubSource } from '../../core/bgp/rib/route.ts';
import type { Position } from '../../base/lists/cursors.ts';

/** An agent with all its copies in the routing table. */
export type AgentEntry = Pick<Entry, 'nlri' | 'serial' | 'routes' | 'best'>;

/** Returns the entries with a higher serial, in the order of their serials. */
export type EntriesAfter = (serial: number) => Iterable<AgentEntry>;

/** One copy of an agent, on a configured server or behind a peer. */
export interface AgentRow {
  readonly entry: AgentEntry;
  readonly route: Route;
  readonly source: StubSource | PeerSource;
}

/** Returns true if a copy passes the filter. */
export type IsWanted = (row: AgentRow) => boolean;

/** Place of the row that was shown last. Copies on our own servers precede all copies behind peers. */
export type RowPlace = readonly [kind: 'stub' | 'peer', serial: number, source: string];

/** Place before the first row. */
export const FIRST_ROW: RowPlace = ['stub', 0, ''];

/** Reads the place from the position in a cursor. */
export function rowPlace([kind, serial, source]: Position): RowPlace {
  return [kind === 'stub' ? 'stub' : 'peer', Number(serial), String(source)];
}

/** Returns the copies of an agent that can be called. */
export function copiesOf(entry: AgentEntry, isWanted: IsWanted): AgentRow[] {
  const copies: AgentRow[] = [];
  if (familyOf(entry.nlri) !== 'agent') return copies;
  for (const route of entry.routes) {
    const { source, ineligible } = route;
    if (source.kind === 'self' || ineligible !== undefined) continue;
    const row = { entry, route, source };
    if (isWanted(row)) copies.push(row);
  }
  return copies;
}

/**
 * Yields the copies of all agents after a place. The place of an agent never changes, so that a walk over several pages
 * yields each copy that persists exactly once, even if others come and go.
 */
export function* rowsAfter(
  entriesAfter: EntriesAfter,
  [startKind, startSerial, startSource]: RowPlace,
  isWanted: IsWanted,
): Generator<readonly [RowPlace, AgentRow]> {
  for (const kind of startKind === 'stub' ? (['stub', 'peer'] as const) : (['peer'] as const)) {
    const isFirst = kind === startKind;
    for (const entry of entriesAfter(isFirst ? startSerial - 1 : 0)) {
      const rows = copiesOf(entry, (row) => row.source.kind === kind && isWanted(row));
      for (const row of rows.sort(bySource)) {
        const isPast = isFirst && entry.serial === startSerial && row.source.id <= startSource;
        if (!isPast) yield [[kind, entry.serial, row.source.id], row];
      }
    }
  }
}

function bySource({ source: a }: AgentRow, { source: b }: AgentRow): number {
  return a.id < b.id ? -1 : 1;
}

import { familyOf } from '../../core/bgp/packet/nlri.ts';
import type { Entry } from '../../core/bgp/rib/loc-rib.ts';
import type { PeerSource, Route, StubSource } from '../../core/bgp/rib/route.ts';
import type { Position } from '../../base/lists/cursors.ts';

/** An agent with all its copies, as the routing table holds it. */
export type AgentEntry = Pick<Entry, 'nlri' | 'serial' | 'routes' | 'best'>;

/** Returns the entries that came after one with this serial, in the order in which they came. */
export type EntriesAfter = (serial: number) => Iterable<AgentEntry>;

/** One copy of an agent: on one server of ours, or behind one peer. */
export interface AgentRow {
  readonly entry: AgentEntry;
  readonly route: Route;
  readonly source: StubSource | PeerSource;
}

/** True for the copies that a filter lets through. */
export type IsWanted = (row: AgentRow) => boolean;

/** The row that was shown last. Copies on our own servers come first, whatever peers send. */
export type RowPlace = readonly [kind: 'stub' | 'peer', serial: number, source: string];

/** Before the first row. */
export const FIRST_ROW: RowPlace = ['stub', 0, ''];

/** Reads the place in a cursor of ours. */
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
 * Walks through the copies of all agents after a place. An agent keeps its place from the moment it came, so that a walk in
 * parts meets each copy that stays exactly once, while others come and go.
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

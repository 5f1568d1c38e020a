import { cleanText } from '../../core/bgp/packet/clean-text.ts';
import { displayWidth } from './display-width.ts';
import { printableLine } from './printable.ts';

/** Maximum length of a cell. A longer cell would widen every row. */
const MAX_CELL_LENGTH = 256;

/** Formats rows under their heads, in columns as wide as their longest cell. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const all = [heads, ...rows].map((row) => row.map((cell) => shownCell(String(cell))));
  const widths = heads.map((_, column) =>
    all.reduce((most, row) => Math.max(most, displayWidth(row[column] ?? '')), 0),
  );
  return all.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell))))
      .join('  ')
      .trimEnd(),
  );
}

function shownCell(cell: string): string {
  const line = printableLine(cell);
  return line.length > MAX_CELL_LENGTH ? cleanText(line, MAX_CELL_LENGTH) : line;
}

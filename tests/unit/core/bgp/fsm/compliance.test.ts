import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { INBOUND, OUTBOUND } from './matrix.ts';

type Cells = Record<string, Record<string, string>>;

const DOCUMENT = readFileSync(new URL('../../../../../docs/rfc-compliance.md', import.meta.url), 'utf8');

/** The tables under headings such as `#### Dialling, connect`, an event per cell. */
function documented(kind: 'Dialling' | 'Answering'): Cells {
  const sections = DOCUMENT.split(/^#+ /m).filter((section) => section.startsWith(`${kind}, `));
  return Object.fromEntries(
    sections.map((section) => {
      const [heading = '', ...lines] = section.split('\n');
      const rows = lines.filter((line) => line.startsWith('|')).slice(2);
      return [heading.slice(`${kind}, `.length), Object.fromEntries(rows.flatMap(cellsOf))];
    }),
  );
}

function cellsOf(row: string): [event: string, outcome: string][] {
  const [events = '', next = '', actions = ''] = row
    .split('|')
    .slice(1)
    .map((cell) => cell.trim());
  return events.split(', ').map((event) => [event, next === 'ignored' ? next : `${next}: ${actions}`]);
}

describe('docs/rfc-compliance.md', () => {
  it('shows what every event does in every state of a connection that we dial', () => {
    expect(documented('Dialling')).toEqual(OUTBOUND);
  });

  it('shows what is different for a connection that we answer', () => {
    const differences: Cells = {};
    for (const [state, row] of Object.entries<Record<string, string>>(INBOUND)) {
      const dialling: Record<string, string> = OUTBOUND[state as keyof typeof OUTBOUND];
      const changed = Object.entries(row).filter(([event, outcome]) => dialling[event] !== outcome);
      if (changed.length > 0) differences[state] = Object.fromEntries(changed);
    }
    expect(documented('Answering')).toEqual(differences);
  });
});

import type { Row } from '../row.ts';
import type { Contender } from './contender.ts';

/** What was measured of one contender. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What ours is to reach. */
  readonly atMost?: number;
}

export type Discipline = (contender: Contender, note: (text: string) => void) => Promise<readonly Figure[]>;

/** Our figures, each beside those of all others; the bar stands at the first. */
export async function sideBySide(
  discipline: Discipline,
  [ours, ...others]: readonly [Contender, ...Contender[]],
  note: (text: string) => void,
): Promise<Row[]> {
  const own = await discipline(ours, note);
  const theirs: { name: string; figures: readonly Figure[] }[] = [];
  for (const other of others) {
    try {
      theirs.push({ name: other.name, figures: await discipline(other, note) });
    } catch (error) {
      console.log(`${other.name} was not measured: ${String(error)}`);
    }
  }
  return own.flatMap(({ what, value, unit, atMost }): Row[] => {
    const row = { what, ours: value, unit };
    const peers = theirs.flatMap(({ name, figures }) => {
      const figure = figures.find((one) => one.what === what);
      return figure === undefined ? [] : [{ ...row, peer: { name, value: figure.value } }];
    });
    const [first = row, ...rest] = peers;
    return [{ ...first, ...(atMost !== undefined && { atMost }) }, ...rest];
  });
}

/** What was measured after as much of warm-up. */
export function laterHalf<T>(measured: readonly T[]): readonly T[] {
  return measured.slice(Math.floor(measured.length / 2));
}

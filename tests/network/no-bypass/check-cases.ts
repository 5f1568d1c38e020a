import { setImmediate as turn } from 'node:timers/promises';
import { checkCase, type CountName } from './check-case.ts';
import { reportOf } from './report.ts';

/** The sum of what the calls of many cases did. */
export type Totals = Readonly<Record<CountName, number>>;

/** Checks cases from a seed on; throws with a report at the first way round policy. */
export async function checkCases(cases: number, first: number): Promise<Totals> {
  const totals: Partial<Record<CountName, number>> = {};
  for (let seed = first; seed < first + cases; seed++) {
    // Weak references of the speakers are kept until a turn of the event loop ends.
    if (seed % 20 === 0) await turn();
    const { counts, violation } = await checkCase(seed);
    if (violation !== undefined) throw new Error(reportOf(violation));
    for (const [name, count] of Object.entries(counts) as [CountName, number][]) {
      totals[name] = (totals[name] ?? 0) + count;
    }
  }
  return totals as Totals;
}

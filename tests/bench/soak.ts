import { createRandom } from '../../src/core/simulator/random.ts';
import { median } from './row.ts';
import { Callers } from './soak/callers.ts';
import { Churn, residents } from './soak/churn.ts';
import type { Memory } from './soak/live-memory.ts';
import { SoakNetwork } from './soak/soak-network.ts';
import type { Table } from './soak/table.ts';

/** Between two moments at which the network is left in peace and looked at. */
const ROUND_MS = 30_000;
/** How much more memory than in the middle of the run there may be at its end. */
const HEAP_GROWTH = 1.1;
const RESIDENT_GROWTH = 1.2;
/** From so many looks on something can be said about growth. */
const ENOUGH_LOOKS = 10;
/** So many failures are told in full. */
const SHOWN = 20;

/**
 * `npm run long -- soak [minutes] [seed]`: five routers in a ring, each with a real Mastra server, under random changes and
 * calls. Fails if an answer was wrong, a call failed at rest, memory grows, a process is left over, or the tables at the end
 * are not those of routers that were started a moment ago.
 */
export async function soak(minutes: number, seed: number): Promise<boolean> {
  console.log(`soak: ${minutes} minutes, seed ${seed}`);
  const network = await SoakNetwork.start(residents);
  const callers = new Callers(network);
  const looks: Memory[][] = [];
  let tables: readonly [Table[], Table[]];
  try {
    const churn = new Churn(network, createRandom(seed, 1));
    const random = createRandom(seed, 2);
    await network.tables();
    const started = performance.now();
    const ends = started + minutes * 60_000;
    while (performance.now() < ends) {
      const stop = new AbortController();
      const calling = callers.run(random, stop.signal);
      await churn.until(Math.min(ends, performance.now() + ROUND_MS));
      stop.abort();
      await calling;
      await network.tables();
      await callers.expectAll();
      const memory = await network.memory();
      looks.push(memory);
      console.log(progress((performance.now() - started) / 60_000, callers, churn, memory));
    }
    const grown = await network.tables();
    await network.stopRouters();
    await network.startRouters();
    tables = [grown, await network.tables()];
  } finally {
    await network.stop();
  }
  const failures = [...callers.wrong, ...differences(...tables), ...growth(looks)];
  for (const failure of failures.slice(0, SHOWN)) console.log(`FAILED: ${failure}`);
  if (failures.length > SHOWN) console.log(`FAILED: and ${failures.length - SHOWN} more`);
  if (looks.length < ENOUGH_LOOKS) console.log('too short to say whether memory grows');
  if (failures.length === 0)
    console.log('no answer was wrong, the tables are those of fresh routers, no process is left');
  return failures.length === 0;
}

function progress(minutes: number, callers: Callers, { done }: Churn, memory: readonly Memory[]): string {
  const failed = Object.entries(callers.failed).map(([code, count]) => `${code} ${count}`);
  const changes = Object.entries(done).map(([what, count]) => `${what} ${count}`);
  return [
    `${minutes.toFixed(1)} min: ${callers.calls} calls, ${callers.answered} answered, ${callers.wrong.length} wrong; ${failed.join(', ')}`,
    `  ${changes.join(', ')}`,
    `  live heap MB ${memory.map(({ heapMb }) => heapMb.toFixed(1)).join(' ')}, resident MB ${memory.map(({ residentMb }) => residentMb.toFixed(0)).join(' ')}`,
  ].join('\n');
}

function differences(grown: readonly Table[], fresh: readonly Table[]): string[] {
  return grown.flatMap((table, router) =>
    Object.entries(table).flatMap(([name, route]) => {
      const [old, young] = [JSON.stringify(route), JSON.stringify(fresh[router]?.[name])];
      return old === young ? [] : [`router ${router} has ${name} ${old}, a fresh one ${young}`];
    }),
  );
}

/** The last third of the run against the one before: by then whatever is kept for a time only has reached its size. */
function growth(looks: readonly Memory[][]): string[] {
  if (looks.length < ENOUGH_LOOKS) return [];
  const third = Math.floor(looks.length / 3);
  return (looks[0] ?? []).flatMap((_, router) => {
    const of = (from: number, to: number | undefined, what: keyof Memory) =>
      median(looks.slice(from, to).map((memory) => memory[router]?.[what] ?? NaN));
    return [
      { what: 'heapMb', most: HEAP_GROWTH } as const,
      { what: 'residentMb', most: RESIDENT_GROWTH } as const,
    ].flatMap(({ what, most }) => {
      const [before, after] = [of(-2 * third, -third, what), of(-third, undefined, what)];
      return after <= before * most ? [] : [`router ${router}: ${what} grew from ${before} to ${after}`];
    });
  });
}

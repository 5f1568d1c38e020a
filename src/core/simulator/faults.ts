import type { Random } from './random.ts';
import type { Action } from './read-script.ts';
import type { Topology } from './topology.ts';

/** The number of faults of each kind that strike at random. */
export interface Faults {
  readonly partitions: number;
  readonly crashes: number;
}

/** The most by which a restart may set a clock back, in milliseconds. */
const MOST_SET_BACK_MS = 3_600_000;

/** Draws faults within a time; every one of them is mended before the time is over. */
export function drawFaults(
  { routers }: Topology,
  { partitions, crashes }: Faults,
  withinMs: number,
  random: Random,
): Action[] {
  const names = routers.map(({ name }) => name);
  const span = (): [number, number] => {
    const [a, b] = [random.below(withinMs), random.below(withinMs)];
    return [Math.min(a, b), Math.max(a, b) + 1];
  };
  const actions: Action[] = [];
  for (let i = 0; i < partitions; i++) {
    const [at, until] = span();
    const group = random.shuffle(names).slice(0, random.between(1, Math.max(1, names.length >> 1)));
    actions.push({ at, do: 'partition', routers: group }, { at: until, do: 'heal' });
  }
  for (let i = 0; i < crashes; i++) {
    const [at, until] = span();
    const router = random.pick(names);
    const clockOffsetMs = random.next() < 0.5 ? 0 : -random.below(MOST_SET_BACK_MS);
    actions.push({ at, do: 'crash', router }, { at: until, do: 'restart', router, clockOffsetMs });
  }
  return actions;
}

import { createRandom } from '../../../src/core/simulator/random.ts';
import { bypass } from './bypass.ts';
import { converge } from './converge.ts';
import { misnaming } from './misnaming.ts';
import { mistold } from './mistold.ts';
import { Oracle } from './oracle.ts';
import { randomCalls } from './random-calls.ts';
import { randomCase, type Case } from './random-case.ts';
import { reachedBy } from './reached.ts';
import { unreachable } from './unreachable.ts';
import { Walker, type Call, type Way } from './walk.ts';

/** How many calls of a case did what. */
export interface Counts {
  readonly calls: number;
  readonly reached: number;
  readonly throughPeer: number;
  readonly inTransit: number;
  readonly byCapability: number;
  readonly qualified: number;
  readonly bySecondChoice: number;
  readonly direct: number;
}

export type CountName = keyof Counts;

/** What came of a case: the first way round policy, if there is one. */
export interface Outcome {
  readonly counts: Counts;
  readonly violation: Violation | undefined;
}

export interface Violation {
  readonly drawn: Case;
  readonly call: Call | undefined;
  readonly way: Way;
  readonly fault: string;
}

const OWN_CALLS = 8;
const CARRIED_CALLS = 5;

/** Draws a network, lets it settle, makes calls in it, and judges every agent that one of them could come to. */
export async function checkCase(seed: number): Promise<Outcome> {
  const drawn = randomCase(seed);
  const speakers = converge(drawn);
  const counts: Record<CountName, number> = {
    ...{
      calls: 0,
      reached: 0,
      throughPeer: 0,
      inTransit: 0,
      byCapability: 0,
      qualified: 0,
      bySecondChoice: 0,
      direct: 0,
    },
  };
  if (speakers === undefined) return { counts, violation: undefined };
  const oracle = new Oracle(drawn, speakers);
  const walker = new Walker(drawn, speakers);
  const random = createRandom(seed, 62);
  const [a, b] = random.shuffle(random.pick(drawn.links).between) as [string, string];
  const unfair = mistold(oracle, walker, a, b) ?? (drawn.isOpen ? await unreachable(oracle, walker, a) : undefined);
  if (unfair !== undefined) return { counts, violation: { drawn, call: undefined, way: [], fault: unfair } };
  for (const call of randomCalls(drawn, random, OWN_CALLS, CARRIED_CALLS)) {
    const ways = await walker.ways(call);
    for (const way of ways) {
      const fault = bypass(oracle, way) ?? misnamed(oracle, call, way);
      if (fault !== undefined) return { counts, violation: { drawn, call, way, fault } };
    }
    count(counts, call, ways);
  }
  return { counts, violation: undefined };
}

function misnamed(oracle: Oracle, call: Call, way: Way): string | undefined {
  const reached = reachedBy(oracle, way);
  return reached && misnaming(oracle, call, way, reached);
}

function count(counts: Record<CountName, number>, { from, target }: Call, ways: readonly Way[]): void {
  const any = (holds: (way: Way) => boolean): number => Number(ways.some(holds));
  counts.calls += 1;
  counts.reached += any(() => true);
  counts.throughPeer += any((way) => from === undefined && way.length > 1);
  counts.inTransit += any((way) => from !== undefined || way.length > 2);
  counts.byCapability += any((way) => way.some(({ name, hop }) => name.startsWith('~') || !name.endsWith(hop.agentId)));
  counts.qualified += any(() => from === undefined && target.targetAgentId.includes(':'));
  counts.bySecondChoice += any((way) => way.some(({ isSecondChoice }) => isSecondChoice));
  counts.direct += any((way) => way.at(-1)?.hop.route === undefined);
}

import { expect, it } from 'vitest';
import type { DampingRules } from '../../../../../src/core/bgp/damping/penalty.ts';
import { createRandom } from '../../../../../src/core/simulator/random.ts';
import { simulate, type Simulation } from '../../../../../src/core/simulator/simulate.ts';
import { DEFAULT_END } from '../../../../../src/core/simulator/topology.ts';
import { checkRun } from './check-run.ts';
import { randomNetwork } from './random-network.ts';

/** So strict that ordinary life already suppresses routes, and so short that all are back before the run is judged. */
const STRICT: DampingRules = { suppressAbove: 900, reuseBelow: 300, halfLifeMs: 20_000, maxSuppressMs: 60_000 };

const SEEDS = Array.from({ length: 40 }, (_, at) => 200_001 + at);

/** The same network with damping on some ends of its links between ASes. */
function damped(simulation: Simulation): Simulation {
  const { routers, links } = simulation.topology;
  const random = createRandom(simulation.seed ?? 1, 7);
  const asnOf = new Map(routers.map(({ name, asn }) => [name, asn]));
  const changed = links.map((link) => {
    if (new Set(link.between.map((name) => asnOf.get(name))).size === 1) return link;
    const ends = link.between.map((name) => {
      const end = link.ends[name] ?? DEFAULT_END;
      return [name, random.next() < 0.7 ? { ...end, damping: STRICT } : end] as const;
    });
    return { ...link, ends: Object.fromEntries(ends) };
  });
  return { ...simulation, topology: { routers, links: changed } };
}

it('a network that damps flapping routes agrees with the independent fixpoint once all is calm (RFC 2439 §4.8.7)', () => {
  for (const seed of SEEDS) checkRun(seed, 'none', damped);
}, 120_000);

it('routes do get damped in those networks', () => {
  const { simulation } = randomNetwork(SEEDS[0]!, 'none');
  const { recordings } = simulate({
    ...damped(simulation),
    record: simulation.topology.routers.map(({ name }) => name),
  });
  const effects = Object.values(recordings).flatMap((recording) => recording.effects);
  expect(effects.filter((line) => line.includes('"RouteDamped"')).length).toBeGreaterThan(0);
});

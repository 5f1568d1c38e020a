import { generate } from '../../../../../src/core/simulator/generate.ts';
import { createRandom } from '../../../../../src/core/simulator/random.ts';
import type { Action } from '../../../../../src/core/simulator/read-script.ts';
import { agentSpec } from '../../../../../src/core/simulator/topology.ts';
import type { Network } from './random-network.ts';

const FLAPS = 20;
const AGENT = 'ada';

/**
 * A well connected network in which up to three routers have the same agent and give it up and get it back again and again,
 * and in which routers restart: where dead paths are many and ends are frequent.
 */
export function flappingNetwork(seed: number): Network {
  const random = createRandom(seed, 98);
  const size = random.between(6, 24);
  const shape = { shape: 'scale-free' as const, routers: size, links: size * random.between(2, 4), seed, origins: 1 };
  const generated = generate(shape);
  const routers = generated.routers.map((router) => ({ ...router, agents: [] }));
  const origins = random.shuffle(routers).slice(0, random.between(1, 3));
  const has = new Set<string>();
  const script: Action[] = [];
  for (let flap = 0, at = 10_000; flap < FLAPS; flap++, at += random.between(2000, 20_000)) {
    const { name } = random.pick(origins);
    if (random.next() < 0.1) {
      const restart = { at: at + random.below(1000), do: 'restart' as const, clockOffsetMs: -random.below(3_600_000) };
      const router = random.pick(routers).name;
      script.push({ at, do: 'crash', router }, { ...restart, router });
    } else if (has.delete(name)) script.push({ at, do: 'withdraw', router: name, agents: [AGENT] });
    else {
      has.add(name);
      script.push({ at, do: 'announce', router: name, agents: [agentSpec(AGENT)] });
    }
  }
  const byName = new Map(routers.map((router) => [router.name, router]));
  const peersOf = (name: string): string[] =>
    generated.links.flatMap(({ between: [a, b] }) => (a === name ? [b] : b === name ? [a] : []));
  return {
    simulation: { topology: { routers, links: generated.links }, script, seed, latencyMs: [1, 50], reorder: 1 },
    routers,
    calls: 0,
    restsAtMs: Infinity,
    down: new Set(),
    router: (name) => byName.get(name)!,
    peersOf,
    isClient: () => false,
    refuses: () => false,
    canRefuse: () => false,
    mayExport: () => true,
    relation: () => 'peer',
    localPref: () => 100,
  };
}

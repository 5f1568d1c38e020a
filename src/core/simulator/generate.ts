import type { Generator } from './generator-schema.ts';
import { createRandom } from './random.ts';
import { agentSpec, linkKey, routerIdAt, type LinkSpec, type RouterSpec, type Topology } from './topology.ts';

/** The AS of the first router of a generated network; every router is an AS of its own. */
const FIRST_ASN = 64_512;

type Pair = readonly [number, number];

/** Builds a network of a shape: routers r1, r2, … whose origins announce agent1, agent2, … */
export function generate(shape: Generator): Topology {
  const [count, pairs] = layOut(shape);
  const origins = Math.min(shape.origins, count);
  const agentAt = new Map(
    Array.from({ length: origins }, (_, i) => [Math.floor((i * count) / origins), `agent${i + 1}`]),
  );
  const routers = Array.from({ length: count }, (_, index): RouterSpec => {
    const agent = agentAt.get(index);
    const agents = agent === undefined ? [] : [agentSpec(agent)];
    return { name: nameAt(index), asn: FIRST_ASN + index, routerId: routerIdAt(index), agents };
  });
  const latency = shape.latencyMs === undefined ? {} : { latencyMs: shape.latencyMs };
  const links = pairs.map(([a, b]): LinkSpec => ({ between: [nameAt(a), nameAt(b)], ends: {}, ...latency }));
  return { routers, links };
}

function nameAt(index: number): string {
  return `r${index + 1}`;
}

function layOut(shape: Generator): readonly [routers: number, links: readonly Pair[]] {
  switch (shape.shape) {
    case 'chain':
      return [shape.routers, chain(shape.routers)];
    case 'ring':
      return [shape.routers, [...chain(shape.routers), [shape.routers - 1, 0]]];
    case 'mesh':
      return [shape.routers, range(shape.routers).flatMap((b) => range(b).map((a): Pair => [a, b]))];
    case 'clos':
      return [shape.spines + shape.leaves, clos(shape.spines, shape.leaves)];
    case 'tree':
      return [shape.routers, range(shape.routers - 1).map((i): Pair => [Math.floor(i / shape.branching), i + 1])];
    case 'scale-free':
      return [shape.routers, scaleFree(shape.routers, shape.links, shape.seed)];
  }
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

function chain(routers: number): Pair[] {
  return range(routers - 1).map((i): Pair => [i, i + 1]);
}

/** Links every leaf to every spine (Clos 1953); the spines come first. */
function clos(spines: number, leaves: number): Pair[] {
  return range(leaves).flatMap((leaf) => range(spines).map((spine): Pair => [spine, spines + leaf]));
}

/**
 * Links few routers to very many, as in the Internet: each newcomer prefers those who have many already (Barabási and
 * Albert 1999), and so do the links that are left over once everybody is connected.
 */
function scaleFree(routers: number, wanted: number, seed: number): Pair[] {
  const random = createRandom(seed);
  const perNewcomer = Math.max(1, Math.floor(wanted / routers));
  const most = (routers * (routers - 1)) / 2;
  const pairs = new Map<string, Pair>();
  // Every router stands here once for each of its links, which makes a fair pick a preferential one.
  const ends: number[] = [0];
  const link = (a: number, b: number): void => {
    const key = linkKey(nameAt(a), nameAt(b));
    if (a === b || pairs.has(key)) return;
    pairs.set(key, [a, b]);
    ends.push(a, b);
  };
  for (let newcomer = 1; newcomer < routers; newcomer++) {
    const before = pairs.size;
    const reachable = Math.min(perNewcomer, newcomer);
    while (pairs.size < before + reachable) {
      const other = random.pick(ends);
      link(other === newcomer ? random.below(newcomer) : other, newcomer);
    }
  }
  while (pairs.size < Math.min(wanted, most)) {
    // A uniform end now and then: between two hubs that are linked already the loop would not end.
    link(random.pick(ends), random.below(routers));
  }
  return [...pairs.values()];
}

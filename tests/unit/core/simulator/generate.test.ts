import { describe, expect, it } from 'vitest';
import { generate } from '../../../../src/core/simulator/generate.ts';
import { topologyFaults } from '../../../../src/core/simulator/topology-faults.ts';
import type { Topology } from '../../../../src/core/simulator/topology.ts';

function degrees({ routers, links }: Topology): number[] {
  return routers.map(({ name }) => links.filter(({ between }) => between.includes(name)).length);
}

function reached({ routers, links }: Topology): number {
  const seen = new Set([routers[0]!.name]);
  for (const name of seen)
    for (const { between } of links) if (between.includes(name)) between.forEach((n) => seen.add(n));
  return seen.size;
}

describe('generated networks', () => {
  it.each([
    [{ shape: 'chain', routers: 5, origins: 1 } as const, [1, 2, 2, 2, 1]],
    [{ shape: 'ring', routers: 5, origins: 1 } as const, [2, 2, 2, 2, 2]],
    [{ shape: 'mesh', routers: 4, origins: 1 } as const, [3, 3, 3, 3]],
    [{ shape: 'clos', spines: 2, leaves: 3, origins: 1 } as const, [3, 3, 2, 2, 2]],
    [{ shape: 'tree', routers: 7, branching: 2, origins: 1 } as const, [2, 3, 3, 1, 1, 1, 1]],
  ])('%j has the links of its shape', (shape, expected) => {
    expect(degrees(generate(shape))).toEqual(expected);
  });

  it.each([
    [3, 3],
    [10, 45],
    [10, 1000],
    [50, 60],
    [200, 1000],
  ])('a scale-free one of %i routers and %i links is connected and has no fault', (routers, links) => {
    const topology = generate({ shape: 'scale-free', routers, links, seed: 1, origins: 1 });
    expect(topologyFaults(topology)).toEqual([]);
    expect(reached(topology)).toBe(routers);
    expect(topology.links.length).toBe(Math.min(links, (routers * (routers - 1)) / 2));
  });

  it('a scale-free one has few routers with very many links', () => {
    const all = degrees(generate({ shape: 'scale-free', routers: 500, links: 1500, seed: 1, origins: 1 })).sort(
      (a, b) => a - b,
    );
    expect(all.at(-1)!).toBeGreaterThan(6 * all[250]!);
  });

  it('a scale-free one is drawn from its seed', () => {
    const draw = (seed: number): Topology =>
      generate({ shape: 'scale-free', routers: 30, links: 60, seed, origins: 1 });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('spreads its origins evenly, each with an agent of its own', () => {
    const { routers } = generate({ shape: 'chain', routers: 9, origins: 3, latencyMs: 7 });
    const origins = routers.filter(({ agents }) => agents.length > 0);
    expect(origins.map(({ name, agents }) => [name, agents[0]!.id])).toEqual([
      ['r1', 'agent1'],
      ['r4', 'agent2'],
      ['r7', 'agent3'],
    ]);
  });
});

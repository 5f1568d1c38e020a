import { DEFAULT_END, type EndSpec, type Topology } from '../../../../src/simulator/topology.ts';

/** The same network of classical routers: nobody offers lives and proofs of end. */
export function withoutProofs(topology: Topology): Topology {
  return withEnds(topology, { proofs: false });
}

/** The same network whose routers all offer lives and proofs of end. */
export function withProofs(topology: Topology): Topology {
  return withEnds(topology, { proofs: true });
}

function withEnds({ routers, links }: Topology, change: Partial<EndSpec>): Topology {
  const changed = links.map(({ ends, ...link }) => ({
    ...link,
    ends: Object.fromEntries(link.between.map((name) => [name, { ...DEFAULT_END, ...ends[name], ...change }])),
  }));
  return { routers, links: changed };
}

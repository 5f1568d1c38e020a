import { DEFAULT_END, type Topology } from '../../../../../src/core/simulator/topology.ts';

/** The same network of classical routers: nobody offers lives and proofs of end. */
export function withoutProofs({ routers, links }: Topology): Topology {
  const classical = links.map(({ ends, ...link }) => ({
    ...link,
    ends: Object.fromEntries(link.between.map((name) => [name, { ...DEFAULT_END, ...ends[name], proofs: false }])),
  }));
  return { routers, links: classical };
}

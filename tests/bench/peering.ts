import { chain } from './peering/chain.ts';
import { fullTable } from './peering/full-table.ts';
import { mesh } from './peering/mesh.ts';
import { twoRouters } from './peering/two-routers.ts';
import type { Bench, Row } from './row.ts';

/** Real routers over loopback: how fast routes travel, how much they cost, and what a hop adds to a call. */
export const peering: Bench = async (note) => {
  const rows: Row[] = [];
  for (const bench of [twoRouters, chain, mesh, fullTable]) rows.push(...(await bench(note)));
  return rows;
};

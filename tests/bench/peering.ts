import { bird } from './peering/bird.ts';
import { chain } from './peering/chain.ts';
import { contenderOf } from './peering/daemon.ts';
import type { Contender } from './peering/contender.ts';
import { frr } from './peering/frr.ts';
import { fullTable } from './peering/full-table.ts';
import { gobgp } from './peering/gobgp.ts';
import { mesh } from './peering/mesh.ts';
import { ours } from './peering/our-network.ts';
import { sideBySide } from './peering/side-by-side.ts';
import { tokens } from './peering/tokens.ts';
import { twoRouters } from './peering/two-routers.ts';
import type { Bench, Row } from './row.ts';

/**
 * Real routers over loopback: how fast routes travel, how much they cost, and what a hop adds to a call. Routing daemons that
 * are installed are put through the same, by probes that speak BGP-4 to them.
 */
export const peering: Bench = async (note) => {
  const contenders: [Contender, ...Contender[]] = [ours];
  for (const daemon of [bird, gobgp, frr]) {
    const contender = await contenderOf(daemon);
    if (contender === undefined) console.log(`${daemon.name} is not installed: nothing is measured beside it`);
    else contenders.push(contender);
  }
  const rows: Row[] = [...(await twoRouters(note)), ...(await tokens(note))];
  for (const discipline of [chain, mesh, fullTable]) rows.push(...(await sideBySide(discipline, contenders, note)));
  return rows;
};

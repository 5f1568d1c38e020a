import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveNetwork } from '../e2e/networks/live-network.ts';
import { Ordeal } from '../e2e/networks/ordeal.ts';
import { mesh, type Link } from '../e2e/networks/shape.ts';

/** All links, several at a time and no two of them at one router. */
function rounds(links: readonly Link[]): Link[][] {
  const left = new Set(links);
  const made: Link[][] = [];
  while (left.size > 0) {
    const round: Link[] = [];
    for (const link of left) {
      if (round.some(({ between }) => between.some((end) => link.between.includes(end)))) continue;
      round.push(link);
      left.delete(link);
    }
    made.push(round);
  }
  return made;
}

describe('a full mesh of ten routers', { timeout: 180_000 }, () => {
  let network: LiveNetwork;
  beforeAll(async () => {
    network = await LiveNetwork.start(mesh(10));
  });
  afterAll(() => network.stop());

  it('finds a way round wherever links are cut, each one in turn', async () => {
    const ordeal = await Ordeal.begin(network, 9);
    for (const links of rounds(network.links)) await ordeal.cutting(...links);
    expect((await network.view(9)).path).toEqual([64_600]);
    await ordeal.end();
  });

  it('keeps the shortest way whichever other router is killed, and no ghost when the agent is gone', async () => {
    const ordeal = await Ordeal.begin(network, 9);
    for (let router = 0; router < 9; router++) await ordeal.killing(router);
    await ordeal.losingServer();
    await ordeal.end();
  });
});

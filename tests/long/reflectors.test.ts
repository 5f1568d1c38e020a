import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveNetwork } from '../e2e/networks/live-network.ts';
import { Ordeal } from '../e2e/networks/ordeal.ts';
import { reflectors } from '../e2e/networks/shape.ts';

describe('two levels of reflectors in one AS', { timeout: 180_000 }, () => {
  let network: LiveNetwork;
  beforeAll(async () => {
    network = await LiveNetwork.start(reflectors());
  });
  afterAll(() => network.stop());

  it('tell every client of the agent, without an AS path', async () => {
    await network.settled();
    for (const router of [1, 2, 3, 4, 5, 6, 7]) expect((await network.view(router)).path).toEqual([]);
  });

  it('carry calls whichever link is cut', async () => {
    const ordeal = await Ordeal.begin(network, 3);
    for (const link of network.links) await ordeal.cutting(link);
    await ordeal.end();
  });

  it('carry calls whichever router or server is killed', async () => {
    const ordeal = await Ordeal.begin(network, 3);
    for (const router of [0, 1, 2, 4, 5, 6, 7]) await ordeal.killing(router);
    await ordeal.losingServer();
    await ordeal.end();
  });
});

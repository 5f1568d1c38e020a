import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveNetwork } from '../e2e/networks/live-network.ts';
import { Ordeal } from '../e2e/networks/ordeal.ts';
import { ring } from '../e2e/networks/shape.ts';

describe('a ring of ten routers', { timeout: 180_000 }, () => {
  let network: LiveNetwork;
  beforeAll(async () => {
    network = await LiveNetwork.start(ring(10));
  });
  afterAll(() => network.stop());

  it('goes the other way round whichever link is cut, and back', async () => {
    const ordeal = await Ordeal.begin(network, 4);
    expect((await network.view(4)).path).toEqual([64_603, 64_602, 64_601, 64_600]);
    for (const link of network.links) await ordeal.cutting(link);
    expect((await network.view(4)).path).toEqual([64_603, 64_602, 64_601, 64_600]);
    await ordeal.end();
  });

  it('goes the other way round whichever other router is killed', async () => {
    const ordeal = await Ordeal.begin(network, 4);
    for (const router of [1, 2, 3, 5, 6, 7, 8, 9]) await ordeal.killing(router);
    await ordeal.end();
  });

  it('forgets the agent where no way is left, and finds it again', async () => {
    const ordeal = await Ordeal.begin(network, 4);
    await ordeal.killing(2, 7);
    await ordeal.killing(0);
    await ordeal.losingServer();
    await ordeal.end();
  });
});

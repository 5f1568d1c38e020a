import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveNetwork } from '../e2e/networks/live-network.ts';
import { Ordeal } from '../e2e/networks/ordeal.ts';
import { clos } from '../e2e/networks/shape.ts';

describe('a Clos network of twenty routers', { timeout: 180_000 }, () => {
  let network: LiveNetwork;
  beforeAll(async () => {
    network = await LiveNetwork.start(clos());
  });
  afterAll(() => network.stop());

  it('crosses the core, whichever link is cut', async () => {
    const ordeal = await Ordeal.begin(network, 7);
    expect((await network.view(7)).path).toHaveLength(4);
    for (const link of network.links) await ordeal.cutting(link);
    await ordeal.end();
  });

  it('crosses the core, whichever router is killed', async () => {
    const ordeal = await Ordeal.begin(network, 7);
    for (let router = 8; router < 20; router++) await ordeal.killing(router);
    await ordeal.losingServer();
    await ordeal.end();
  });
});

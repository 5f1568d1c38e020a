import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT, LiveNetwork } from '../e2e/networks/live-network.ts';
import { Ordeal } from '../e2e/networks/ordeal.ts';
import { chain } from '../e2e/networks/shape.ts';

describe('a chain of ten routers', { timeout: 180_000 }, () => {
  let network: LiveNetwork;
  beforeAll(async () => {
    network = await LiveNetwork.start(chain(10));
  });
  afterAll(() => network.stop());

  it('calls the agent at the other end in every way that there is', async () => {
    await network.settled();
    const messages = [{ role: 'user', content: 'hello' }];
    const asPath = [64_608, 64_607, 64_606, 64_605, 64_604, 64_603, 64_602, 64_601, 64_600];
    for (const targetAgentId of [AGENT, `as64600:${AGENT}`, 'far/away', 'far/away/and-more']) {
      for (const interactionType of ['generate', 'stream']) {
        const answer = await network.router(9).call('agent-proxy', { targetAgentId, interactionType, messages });
        expect(answer).toMatchObject({ responseData: { text: `echo from ${AGENT}: hello` }, routeMetrics: { asPath } });
      }
    }
  });

  it('heals wherever a link is cut', async () => {
    const ordeal = await Ordeal.begin(network, 9);
    for (const link of network.links) await ordeal.cutting(link);
    await ordeal.end();
  });

  it('heals whichever router or server is killed', async () => {
    const ordeal = await Ordeal.begin(network, 9);
    for (let router = 0; router < 9; router++) await ordeal.killing(router);
    await ordeal.losingServer();
    await ordeal.end();
  });
});

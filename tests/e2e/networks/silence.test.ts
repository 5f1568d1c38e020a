import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logged } from '../test-router.ts';
import { AGENT, LiveNetwork } from './live-network.ts';
import { ring } from './shape.ts';

const call = { targetAgentId: AGENT, messages: [{ role: 'user', content: 'hello' }] };

describe('a router that falls silent with its connections open', { timeout: 180_000 }, () => {
  let network: LiveNetwork;
  beforeAll(async () => {
    network = await LiveNetwork.start({ ...ring(4), holdTimeSeconds: 5 });
  });
  afterAll(() => network.stop());

  it('is given up when the hold time is over, gone round, and met again when it speaks (RFC 4271 §6.5)', async () => {
    await network.settled();
    expect((await network.view(2)).path).toEqual([64_601, 64_600]);
    const silent = network.pauseRouter(1);
    try {
      await network.settled();
      expect(await network.router(2).call('agent-proxy', call)).toMatchObject({
        routeMetrics: { asPath: [64_603, 64_600] },
      });
    } finally {
      network.resumeRouter(1, silent);
    }
    await network.settled();
    await logged(network.router(2), 'hold-timer-expired');
    expect(await network.router(1).call('agent-proxy', call)).toMatchObject({ routeMetrics: { asPath: [64_600] } });
  });
});

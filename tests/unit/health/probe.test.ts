import { expect, it } from 'vitest';
import { Probe } from '../../../src/health/probe.ts';
import { NO_LOAD } from '../../../src/health/score.ts';

it('a server whose load could not be read is asked for it again after a while, and seldom', async () => {
  let asked = 0;
  let tells = false;
  const probe = new Probe('http://server0:4111', (url) => {
    if (url !== 'http://server0:4111/status') return Promise.resolve(Response.json({}));
    asked += 1;
    return Promise.resolve(tells ? Response.json({ queueDepth: 3, cpuUsage: 1 }) : new Response('Not found'));
  });
  const load = async () => (await probe.run(new AbortController().signal)).load;
  for (let round = 0; round < 11; round += 1) expect(await load()).toEqual(NO_LOAD);
  expect(asked).toBe(1);
  tells = true;
  for (let round = 0; round < 3; round += 1) expect(await load()).toEqual({ queueDepth: 3, cpuUsage: 1 });
});

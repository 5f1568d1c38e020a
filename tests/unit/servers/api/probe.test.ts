import { expect, it } from 'vitest';
import { Probe } from '../../../../src/servers/api/probe.ts';
import { NO_LOAD } from '../../../../src/control-plane/health/score.ts';

it('a server without a readable load is asked for it again rarely', async () => {
  let asked = 0;
  let tells = false;
  const fetch = (url: unknown): Promise<Response> => {
    if (url !== 'http://server0:4111/status') return Promise.resolve(Response.json({}));
    asked += 1;
    return Promise.resolve(tells ? Response.json({ queueDepth: 3, cpuUsage: 1 }) : new Response('Not found'));
  };
  const probe = new Probe('http://server0:4111', fetch);
  const load = async () => (await probe.run(new AbortController().signal, () => true)).load;
  for (let round = 0; round < 11; round += 1) expect(await load()).toEqual(NO_LOAD);
  expect(asked).toBe(1);
  tells = true;
  for (let round = 0; round < 3; round += 1) expect(await load()).toEqual({ queueDepth: 3, cpuUsage: 1 });
});

it.each([
  [200, true, true],
  [200, false, false],
  [500, true, false],
])('HTTP %i with a body that is a listing: %s, is answered: %s', async (status, isListing, isAnswered) => {
  const seen: string[] = [];
  const fetch = (): Promise<Response> => Promise.resolve(new Response('{"agent":{}}', { status }));
  const probe = new Probe('http://server0:4111', fetch);
  const run = probe.run(new AbortController().signal, (text) => {
    seen.push(text);
    return isListing;
  });
  if (isAnswered) await run;
  else await expect(run).rejects.toThrow('does not list its agents');
  expect(seen).toEqual(status === 200 ? ['{"agent":{}}'] : []);
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileConfig } from './load-problems.ts';

const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');
const [, section = ''] = page.split('## Route servers\n');
const [routeServer = '', origin = '', caller = ''] = [...section.matchAll(/```yaml\n([^`]*)```/g)].map(
  ([, text]) => text,
);
const env = { KEY_A: 'the key of a and b', KEY_C: 'the key of b and c', KEY_AC: 'the key of a and c' };

describe('the route servers of docs/configuration.md', () => {
  it('share a key from a variable with each neighbour', async () => {
    const [server, far, near] = await Promise.all([routeServer, origin, caller].map((text) => fileConfig(text, env)));
    expect(server?.peering?.peers.map(({ key }) => key)).toEqual([env.KEY_A, env.KEY_C]);
    expect(far?.peering?.peers.map(({ key }) => key)).toEqual([env.KEY_C]);
    expect(far?.peering?.callers.map(({ key }) => key)).toEqual([env.KEY_AC]);
    expect(near?.peering?.peers.map(({ key }) => key)).toEqual([env.KEY_A]);
    expect(near?.egress.allowNextHops.map(({ key }) => key)).toEqual([env.KEY_AC]);
  });
});

import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../src/bgp/rib/route.ts';
import { Front } from '../../../src/forwarding/front.ts';
import { routeWith } from '../bgp/support/route.ts';
import { router } from './peer-hop.ts';

/** A front for peers that knows one route, whose next hop replies as told. */
const frontOver = (route: Route, reply: Response): Front =>
  new Front({
    self: router(1),
    limits: { timeoutMs: 60_000, silenceMs: 60_000 },
    table: {
      hasCrossed: () => false,
      routes: () => [route],
      permitsBelow: () => true,
      longestMatch: () => undefined,
      visible: () => undefined,
      visibleAfter: () => [],
      newest: () => 0,
    },
    // Only calls that begin here look for paths.
    paths: undefined as never,
    balance: (routes) => routes,
    relay: () => Promise.resolve(reply),
    admission: () => undefined,
    words: () => '',
    log: () => undefined,
  });

/** What is said to be left of three attempts when the call that took this route is answered with that header. */
async function left(route: Route, said: string | undefined): Promise<string | null> {
  const reply = Response.json({}, said === undefined ? {} : { headers: { 'agent-bgp-attempts-left': said } });
  const header = (name: string): string | undefined => (name === 'agent-bgp-attempts' ? '3' : undefined);
  const url = new URL('http://router/api/agents/weatherAgent/generate');
  const { signal } = new AbortController();
  const request = { method: 'POST', url, header, body: Readable.from([]), signal };
  const response = await frontOver(route, reply).answer(request, 'peer9');
  expect(response.status).toBe(200);
  return response.headers.get('agent-bgp-attempts-left');
}

describe('what a router says is left of the attempts', () => {
  const peer = routeWith({ peer: { ...router(2), address: 'http://2' } });
  const server = routeWith({ source: { kind: 'stub', id: 'server0', asn: 65001, rank: 0 } });

  it('is what the next router says, within what went there', async () => {
    for (const said of ['0', '2', '3']) expect(await left(peer, said)).toBe(said);
  });

  it.each([undefined, '', '4', '9999', '-1', '1.5', 'all', '1, 2'])(
    'is what it has left itself where the next router says %s',
    async (said) => {
      expect(await left(peer, said)).toBe('3');
    },
  );

  it('is never what a server says', async () => {
    for (const said of ['0', '2', '99']) expect(await left(server, said)).toBe('3');
  });
});

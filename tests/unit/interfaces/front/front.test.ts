import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../../src/core/bgp/rib/route.ts';
import { Front } from '../../../../src/interfaces/front/front.ts';
import { cleanReplies } from '../../../../src/servers/api/clean-replies.ts';
import { SecretMask } from '../../../../src/base/telemetry/secret-mask.ts';
import { routeWith } from '../../core/bgp/support/route.ts';
import { router } from '../../data-plane/forwarding/peer-hop.ts';

/** A front for peers that knows one route, whose next hop gives the scripted reply. */
const frontOver = (route: Route | undefined, reply: Response): Front =>
  new Front({
    self: router(1),
    limits: { timeoutMs: 60_000, silenceMs: 60_000 },
    table: {
      hasCrossed: () => false,
      routes: () => (route === undefined ? [] : [route]),
      longestMatch: () => undefined,
      visible: () => undefined,
      visibleAfter: () => [],
      newest: () => 0,
    },
    // Only calls that begin here use the path finder.
    paths: undefined as never,
    balance: (routes) => routes,
    relay: () => Promise.resolve(reply),
    isProbed: () => false,
    admission: () => undefined,
    cleaner: cleanReplies(new SecretMask([])),
    log: () => undefined,
  });

/** Returns the attempts that the front reports as left of three, if the next hop answers with this header. */
async function left(route: Route, said: string | undefined): Promise<string | null> {
  const reply = Response.json({}, said === undefined ? {} : { headers: { 'agent-bgp-attempts-left': said } });
  const header = (name: string): string | undefined => (name === 'agent-bgp-attempts' ? '3' : undefined);
  const url = new URL('http://router/api/agents/weatherAgent/generate');
  const { signal } = new AbortController();
  const request = { method: 'POST', url, header, body: Readable.from([]), signal };
  const response = await frontOver(route, reply).answer(request, { id: 'peer9', account: 'peer9' });
  expect(response.status).toBe(200);
  return response.headers.get('agent-bgp-attempts-left');
}

describe('the attempts that a router reports as left', () => {
  const peer = routeWith({ peer: { ...router(2), address: 'http://2' } });
  const server = routeWith({ source: { kind: 'stub', id: 'server0', asn: 65001, rank: 0 } });

  it('are those of the next router, up to the number sent to it', async () => {
    for (const said of ['0', '2', '3']) expect(await left(peer, said)).toBe(said);
  });

  it.each([undefined, '', '4', '9999', '-1', '1.5', 'all', '1, 2'])(
    'are its own if the next router reports %s',
    async (said) => {
      expect(await left(peer, said)).toBe('3');
    },
  );

  it('are never those of a server', async () => {
    for (const said of ['0', '2', '99']) expect(await left(server, said)).toBe('3');
  });
});

describe('the body of a call', () => {
  const call = async (route: Route | undefined, headers: Record<string, string>) => {
    let isRead = false;
    const body = (async function* () {
      isRead = true;
      await Promise.resolve();
      yield Buffer.from('{}');
    })();
    const url = new URL('http://router/api/agents/weatherAgent/generate');
    const { signal } = new AbortController();
    const request = { method: 'POST', url, header: (name: string) => headers[name], body, signal };
    const { status } = await frontOver(route, Response.json({})).answer(request, { id: 'peer9', account: 'peer9' });
    return { status, isRead };
  };
  const route = routeWith({ peer: { ...router(2), address: 'http://2' } });

  it('is read if the call has a route', async () => {
    expect(await call(route, {})).toEqual({ status: 200, isRead: true });
  });

  it.each<[string, Route | undefined, Record<string, string>, number]>([
    ['without a route', undefined, {}, 404],
    ['that has crossed too many routers', route, { 'agent-bgp-hop-limit': '0' }, 508],
    ['that is compressed', route, { 'content-encoding': 'br' }, 400],
    ['that is too long', route, { 'content-length': '16777217' }, 400],
    ['whose type is malformed', route, { 'content-type': 'text' }, 400],
    ['that requires too much', route, { 'agent-bgp-requires': Array.from({ length: 33 }, () => 'a').join(',') }, 400],
  ])('%s is not read', async (_, to, headers, status) => {
    expect(await call(to, headers)).toEqual({ status, isRead: false });
  });
});

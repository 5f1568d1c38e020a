import { describe, expect, it, vi } from 'vitest';
import type { Hop } from '../../../src/data-plane/forwarding/hop.ts';
import { readTransitContext, TRANSIT_HEADERS } from '../../../src/data-plane/forwarding/transit-context.ts';
import type { HopControl, RelayedRequest } from '../../../src/data-plane/forwarding/ports.ts';
import { NextServers } from '../../../src/servers/next-servers.ts';
import type { AgentChunk } from '../../../src/servers/api/agent-client.ts';
import { peerHop } from '../data-plane/forwarding/peer-hop.ts';
import { serverHop } from '../data-plane/forwarding/server-hop.ts';

const transit = readTransitContext(() => undefined);
const { signal } = new AbortController();

const RELAYED: RelayedRequest = {
  caller: 'as65010',
  action: 'generate',
  contentType: 'application/json',
  body: '{"messages":[]}',
  transit,
  signal,
  over: Promise.resolve(),
};
const SAID = { interactionType: 'generate', messages: [{ role: 'user', content: 'hi' }] } as const;
const CONTROL: HopControl<AgentChunk> = {
  signal,
  transit,
  onChunk: () => undefined,
  onAnsweringAgent: () => undefined,
};

const DIRECT: Hop = { ...serverHop(9), route: undefined };

function setting() {
  const sent: string[] = [];
  const sender =
    (name: string): typeof globalThis.fetch =>
    (input, init) => {
      const isTold = new Headers(init?.headers).has(TRANSIT_HEADERS.path);
      const url = new URL(input instanceof Request ? input.url : input);
      sent.push(`${name} ${url.origin} ${isTold ? 'a router' : 'a server'}`);
      return Promise.resolve(Response.json({ text: 'fine' }));
    };
  const servers = new NextServers({
    configured: sender('configured'),
    named: sender('named'),
    fetchTo: (peer) => sender(`session with ${peer}`),
    mask: (text) => text,
  });
  return { servers, sent };
}

describe('a call', () => {
  it.each([
    ['to a server', serverHop(1), 'configured http://server1 a server'],
    ['to a server that no route names', DIRECT, 'configured http://server9 a server'],
    ['to a peer', peerHop(2), 'session with peer2 http://0.0.0.2 a router'],
    ['to a next hop that a peer has named', peerHop(2, { nextHop: 'http://3' }), 'named http://0.0.0.3 a router'],
  ])('%s is sent and relayed as to that', async (_case, hop, expected) => {
    const { servers, sent } = setting();
    expect(await servers.call(hop, SAID, CONTROL)).toMatchObject({ text: 'fine' });
    expect(await (await servers.relay(hop, RELAYED)).json()).toEqual({ text: 'fine' });
    expect(sent).toEqual([expected, expected]);
  });
});

describe('the client of a configured server', () => {
  it('is always the same', () => {
    const { servers } = setting();
    expect(servers.configured('http://server1')).toBe(servers.configured('http://server1'));
    expect(servers.configured('http://server1')).not.toBe(servers.configured('http://server2'));
  });

  it('takes the calls to the server', async () => {
    const { servers } = setting();
    const relay = vi.spyOn(servers.configured('http://server1'), 'relay');
    await servers.relay(serverHop(1), RELAYED);
    await servers.relay(serverHop(2), RELAYED);
    expect(relay).toHaveBeenCalledExactlyOnceWith(serverHop(1), RELAYED);
  });
});

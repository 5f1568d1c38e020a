import { createServer, request, type Server } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../servers/free-port.ts';
import { InProcessRouter } from './in-process-router.ts';

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const until = (condition: () => boolean) =>
  vi.waitFor(
    () => {
      expect(condition()).toBe(true);
    },
    { timeout: 5_000, interval: 2 },
  );

/** A proxy to a router. It forwards requests, and WebSockets only if told to. */
async function plainProxy(to: number): Promise<number> {
  const server: Server = createServer((incoming, outgoing) => {
    const { url, method, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: to, path: url, method, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\n\r\n'));
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  stops.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return port;
}

async function pair(transport: 'websocket' | 'http', keys: { a?: string; b?: string } = {}) {
  const [portA, portB] = [await freePort(), await freePort()];
  const publicB = transport === 'http' ? await plainProxy(portB) : portB;
  const a = new InProcessRouter({
    asn: 65_101,
    port: portA,
    peers: [{ asn: 65_102, url: `http://127.0.0.1:${publicB}`, ...(keys.a && { key: keys.a }) }],
  });
  const b = new InProcessRouter({
    asn: 65_102,
    port: portB,
    publicPort: publicB,
    peers: [{ asn: 65_101, url: `http://127.0.0.1:${portA}`, passive: true, ...(keys.b && { key: keys.b }) }],
  });
  stops.push(
    () => a.stop(),
    () => b.stop(),
  );
  return { a, b };
}

describe.each(['websocket', 'http'] as const)('a session over %s', (transport) => {
  it('is established and carries routes both ways', async () => {
    const { a, b } = await pair(transport);
    a.originate('weather');
    await Promise.all([b.start(), a.start()]);
    await until(() => b.knows('weather'));
    b.originate('news');
    await until(() => a.knows('news'));
    a.end('weather');
    await until(() => !b.knows('weather'));
    expect(a.peering.driver.linkOf('as65102')?.constructor.name).toBe(
      transport === 'http' ? 'HttpLink' : 'WebSocketLink',
    );
  });

  it('is established with a key that both sides know', async () => {
    const { a, b } = await pair(transport, { a: 'correct horse', b: 'correct horse' });
    a.originate('weather');
    await Promise.all([b.start(), a.start()]);
    await until(() => b.knows('weather'));
  });

  it('delivers ten thousand routes in order', async () => {
    const { a, b } = await pair(transport);
    const agents = Array.from({ length: 10_000 }, (_, index) => `agent${index}`);
    a.originate(...agents);
    await Promise.all([b.start(), a.start()]);
    await until(() => b.knows('agent9999'));
    expect(agents.every((agent) => b.knows(agent))).toBe(true);
  });

  it('ends with a NOTIFICATION when one side stops (RFC 4486 §3)', async () => {
    const { a, b } = await pair(transport);
    a.originate('weather');
    await Promise.all([b.start(), a.start()]);
    await until(() => b.knows('weather'));
    await a.stop();
    await until(() => !b.knows('weather'));
    expect(b.logged).toContainEqual({ event: 'session-down', peer: 'as65101', cause: 'administrative-shutdown' });
  });

  it('marks its routes with GRACEFUL_SHUTDOWN before it ends (RFC 8326 §4)', async () => {
    const { a, b } = await pair(transport);
    a.originate('weather');
    await Promise.all([b.start(), a.start()]);
    await until(() => b.knows('weather'));
    const raise = vi.spyOn(b.peering.driver, 'raise');
    await a.stop();
    const heard = raise.mock.calls.flatMap(([event]) =>
      event.type === 'Session' && event.input.type === 'MessageReceived' ? [event.input.message] : [],
    );
    // The last message of the first exchange may have been on its way.
    expect(heard.filter((message) => message.type !== 'update' || message.endOfRib === undefined)).toMatchObject([
      { type: 'update', attributes: { communities: ['graceful-shutdown'] }, reach: [{ nlri: 'weather' }] },
      { type: 'notification', code: 6, subcode: 2 },
    ]);
  });

  it('is rejected if the keys differ, and only our own log has the reason', async () => {
    const { a, b } = await pair(transport, { a: 'correct horse', b: 'battery staple' });
    await Promise.all([b.start(), a.start()]);
    await until(() => a.logged.some(({ event }) => event === 'dial-failed'));
    expect(b.logged).toContainEqual({ event: 'peer-refused', reason: 'AS 65101 does not know the key' });
    expect(JSON.stringify(a.logged)).not.toContain('know the key');
    expect(a.isUp('as65102')).toBe(false);
  });
});

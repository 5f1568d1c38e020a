import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestGate } from '../../../../src/control-plane/peering/request-gate.ts';

const gates = new WeakMap<Socket, RequestGate>();
/** Requests that have begun and are not answered yet, with their bodies once these have arrived. */
let begun: { readonly url: string; body: string; readonly response: ServerResponse }[];
let server: Server;
let client: Socket;
let heard: string;

beforeEach(async () => {
  begun = [];
  heard = '';
  server = createServer((request, response) => {
    gates.get(request.socket)?.begun(request, response);
    const entry = { url: request.url ?? '', body: '', response };
    begun.push(entry);
    request.setEncoding('utf8').on('data', (part: string) => (entry.body += part));
  });
  server.on('connection', (socket) => {
    gates.set(
      socket,
      new RequestGate(socket, (error) => {
        throw error;
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.setEncoding('utf8').on('data', (part: string) => (heard += part));
});

afterEach(() => {
  client.destroy();
  server.close();
});

const get = (at: number) => `GET /${at} HTTP/1.1\r\nhost: x\r\n\r\n`;
const chunked = (at: number) =>
  `POST /${at} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`;
const sized = (at: number) => `POST /${at} HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\nx`;

/** Answers all begun requests until `count` have begun. Returns the largest number that had begun at once. */
async function answer(count: number): Promise<number> {
  let most = 0;
  let answered = 0;
  while (answered < count) {
    await vi.waitUntil(() => begun.length > answered, { interval: 1 });
    const open = begun.slice(answered);
    most = Math.max(most, open.length);
    for (const { response, url } of open) if (!response.writableEnded) response.end(url);
    answered += open.length;
  }
  return most;
}

describe('requests of one connection', () => {
  it.each<[string, (at: number) => string]>([
    ['without bodies', get],
    ['with bodies', sized],
    ['with bodies in chunks', chunked],
  ])('are served one after the other and answered in order, even if many are sent at once: %s', async (_, make) => {
    client.write(Array.from({ length: 300 }, (_unused, at) => make(at)).join(''));
    expect(await answer(300)).toBeLessThan(20);
    expect(begun.map(({ url }) => url)).toEqual(Array.from({ length: 300 }, (_unused, at) => `/${at}`));
    await vi.waitUntil(() => heard.endsWith('/299'));
  });

  it('may have bodies of any length that the next request follows directly', async () => {
    const body = 'x'.repeat(300_000);
    const post = `POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const inChunks = `POST /chunks HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1f40\r\n${body.slice(0, 8_000)}\r\n0\r\n\r\n`;
    client.write(post + inChunks + get(1));
    await vi.waitUntil(() => begun[0]?.body.length === body.length);
    begun[0]?.response.end();
    await vi.waitUntil(() => begun[1]?.body.length === 8_000);
    begun[1]?.response.end();
    await answer(3);
    expect(begun[2]?.url).toBe('/1');
  });

  it('leave the bytes after an upgrade to its receiver', async () => {
    const upgraded = new Promise<number>((resolve) => {
      server.once('upgrade', ({ socket }, _, head) => {
        resolve(head.length + (gates.get(socket)?.leave().length ?? 0));
        socket.destroy();
      });
    });
    client.write(`GET /up HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: y\r\n\r\n${'z'.repeat(2_000)}`);
    expect(await upgraded).toBe(2_000);
  });

  it('cause no error when the client disconnects', async () => {
    client.write(get(0) + get(1));
    await vi.waitUntil(() => begun.length > 0);
    const closed = once(begun[0]!.response, 'close');
    client.destroy();
    await closed;
  });
});

import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Link } from '../../../../src/control-plane/speaker/link.ts';
import { Listener } from '../../../../src/control-plane/peering/listener.ts';
import type { Session } from '../../../../src/control-plane/peering/authenticated-session.ts';
import { SESSION_HEADER, Sessions } from '../../../../src/control-plane/peering/sessions.ts';
import { Upgrade } from '../../../../src/control-plane/peering/upgrade.ts';

const session: Session = {
  id: 'session',
  peer: 'as65102',
  account: 'as65102',
  url: undefined,
  local: { asn: 65_101, routerId: '10.0.0.1' },
  remote: { asn: 65_102, routerId: '10.0.0.2' },
  tokenKey: undefined,
};
const named = (name: string) => (name === SESSION_HEADER ? session.id : undefined);

let sessions: Sessions;
let links: Link[];
let listener: Listener;
let port: number;

beforeEach(async () => {
  sessions = new Sessions();
  links = [];
  listener = new Listener({
    host: '127.0.0.1',
    port: 0,
    names: [],
    peerOf: () => undefined,
    fetch: () => new Response(),
    upgrade: new Upgrade({
      sessions,
      mayPeer: () => true,
      accept: (link) => links.push(link) > 0,
      log: () => undefined,
    }),
    failed: (error) => {
      throw error;
    },
  });
  ({ port } = await listener.start());
  sessions.expectLink(session);
});

afterEach(async () => {
  for (const link of links) await link.close();
  sessions.stop();
  await listener.stop();
});

function upgrade(key: string): ReturnType<typeof request> {
  const headers = {
    connection: 'upgrade',
    upgrade: 'websocket',
    [SESSION_HEADER]: session.id,
    'sec-websocket-key': key,
    'sec-websocket-version': '13',
  };
  return request({ host: '127.0.0.1', port, path: '/bgp/session', headers }).end();
}

it('a session keeps the link that its peer opens', async () => {
  const [, socket] = (await once(upgrade('dGhlIHNhbXBsZSBub25jZQ=='), 'upgrade')) as [unknown, { destroy: () => void }];
  expect(links).toHaveLength(1);
  expect(await sessions.authenticate(named)).toBe(session);
  socket.destroy();
});

it('a session ends if the WebSocket handshake for its link is malformed', async () => {
  const [answer] = (await once(upgrade('short'), 'response')) as [IncomingMessage];
  expect(answer.statusCode).toBe(400);
  answer.resume();
  expect(links).toEqual([]);
  await expect(sessions.authenticate(named)).rejects.toThrow('unknown or has ended');
});

import { expect, it } from 'vitest';
import type { IncomingRequest } from '../../../../src/control-plane/peering/incoming-request.ts';
import { serve, serveView, type ServedRooms } from '../../../../src/control-plane/peering/served-rooms.ts';

const caller = { id: 'as65102', account: 'as65102' };

const rooms: ServedRooms = {
  front: {
    answer: ({ url: { pathname } }, asking) => Response.json({ front: pathname, asking }),
    trace: (agent) => Response.json({ trace: agent }),
  },
  operators: {
    answer: ({ pathname }) => (pathname.startsWith('/bgp/') ? Response.json({ view: pathname }) : undefined),
  },
};

const request = (method: string, path: string) => ({ method, url: new URL(path, 'http://router') }) as IncomingRequest;

it.each([
  ['GET', '/api/agents', { front: '/api/agents', asking: caller }],
  ['POST', '/api/agents/weather/generate', { front: '/api/agents/weather/generate', asking: caller }],
  ['GET', '/api/agentsmith', undefined],
  ['GET', '/api/other', undefined],
  ['GET', '/bgp/routes', { view: '/bgp/routes' }],
  ['GET', '/bgp/trace?agent=weather', { trace: 'weather' }],
  ['GET', '/bgp/trace', { view: '/bgp/trace' }],
  ['GET', '/elsewhere', undefined],
  ['POST', '/bgp/routes', undefined],
])('%s %s is answered by its room', async (method, path, answer) => {
  const response = await serve(rooms, request(method, path), caller);
  expect([response.status, await response.json()]).toEqual([
    answer === undefined ? 404 : 200,
    answer ?? { error: 'Not found.' },
  ]);
});

it('another copy gets the same views', async () => {
  const looked = async (path: string) => (await serveView(rooms, new URL(path, 'http://router'))).json();
  expect(await looked('/bgp/status')).toEqual({ view: '/bgp/status' });
  expect(await looked('/bgp/trace?agent=weather')).toEqual({ trace: 'weather' });
});

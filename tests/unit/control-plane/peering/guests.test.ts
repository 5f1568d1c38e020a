import { expect, it } from 'vitest';
import type { Event } from '../../../../src/core/bgp/state/event.ts';
import { Guests } from '../../../../src/control-plane/peering/guests.ts';
import type { Session } from '../../../../src/control-plane/peering/authenticated-session.ts';
import { PeerRefused } from '../../../../src/control-plane/peering/peer-refused.ts';

const PLACES = 1_000;
const LOCAL = { asn: 65_101, routerId: '10.0.0.1' };
const settings = {
  holdTimeSeconds: 90,
  advertisementIntervalMs: 0,
  maxRoutes: 10,
  maxBytes: 1_000_000,
  allowOrigins: undefined,
  allowAgents: undefined,
  damping: undefined,
} as const;

function guestsOf(isUp: (guest: string) => boolean) {
  const raised: Event[] = [];
  const ranges = [{ asns: { from: 65_200, to: 65_299 }, key: 'of the guests', ...settings }];
  const guests = new Guests(ranges, isUp);
  return {
    raised,
    expected: guests.expected.bind(guests),
    arrive: (of: Session) => raised.push(...guests.arrive(of)),
    leave: (of: Session) => raised.push(...guests.leave(of)),
  };
}

const session = (at: number, id = `session ${at}`): Session => {
  const remote = { asn: 65_200, routerId: `10.1.${at >> 8}.${at & 255}` };
  const peer = `as65200/${remote.routerId}`;
  return { id, peer, account: 'as65200', url: undefined, local: LOCAL, remote, tokenKey: undefined };
};

it('a guest is a peer from its first link to the end of its last one', () => {
  const { raised, ...guests } = guestsOf(() => true);
  const [first, second] = [session(1), session(1, 'again')];
  expect(guests.expected(first.remote, undefined)).toMatchObject({
    id: first.peer,
    account: 'as65200',
    key: 'of the guests',
  });
  expect(raised).toEqual([]);
  guests.arrive(first);
  expect(raised).toMatchObject([{ type: 'PeerConfigured', peer: { id: first.peer, asn: 65_200, passive: true } }]);
  guests.arrive(second);
  guests.leave(first);
  guests.leave(first);
  expect(raised.map(({ type }) => type)).toEqual(['PeerConfigured', 'PeerConfigured']);
  guests.leave(second);
  expect(raised.at(-1)).toEqual({ type: 'PeerRemoved', peer: first.peer });
});

it('a session that ends without a link never makes a guest', () => {
  const { raised, ...guests } = guestsOf(() => true);
  guests.leave(session(1));
  expect(raised).toEqual([]);
});

it('guests whose sessions are not established lose their places, oldest first', () => {
  const up = new Set([session(0).peer]);
  const { raised, ...guests } = guestsOf((guest) => up.has(guest));
  for (let at = 0; at < PLACES; at += 1) guests.arrive(session(at));
  guests.arrive(session(PLACES));
  expect(raised.slice(PLACES)).toMatchObject([
    { type: 'PeerRemoved', peer: session(1).peer },
    { type: 'PeerConfigured', peer: { id: session(PLACES).peer } },
  ]);
  guests.leave(session(1));
  expect(raised).toHaveLength(PLACES + 2);
});

it('guests whose sessions are established keep their places', () => {
  const guests = guestsOf(() => true);
  for (let at = 0; at < PLACES; at += 1) guests.arrive(session(at));
  guests.arrive(session(7));
  expect(() => {
    guests.arrive(session(PLACES));
  }).toThrow(PeerRefused);
});

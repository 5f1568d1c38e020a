import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listBytes, listsOf, routeBytes, setBytes } from '../../../../src/bgp/rib/footprint.ts';
import type { Peer, Speaker } from '../../../../src/bgp/state.ts';
import { policyOf, Router } from '../support/router.ts';

/** What the routes of a peer hold, counted anew: each route, and each set and list once. */
function recount({ adjRibIn }: Peer): number {
  const routes = [...adjRibIn.values()];
  const sets = new Set(routes.flatMap(({ received, attributes }) => [received, attributes]));
  const lists = new Set([...sets].flatMap(listsOf));
  return (
    routes.reduce((sum, route) => sum + routeBytes(route), 0) +
    [...sets].reduce((sum, set) => sum + setBytes(set), 0) +
    [...lists].reduce((sum, list) => sum + listBytes(list), 0)
  );
}

function check(speaker: Speaker): void {
  let all = 0;
  for (const peer of speaker.peers.values()) {
    expect(peer.footprint.bytes).toBe(recount(peer));
    all += peer.footprint.bytes;
  }
  expect(speaker.peerBytes.ofAll).toBe(all);
}

const peers = ['a', 'b'] as const;
const asns = { a: 65010, b: 65000 };
const gracefulRestart = { restartTimeSeconds: 60, restarted: false, preserved: true };
const policies = [
  policyOf({}),
  policyOf({ import: [{ match: { communities: ['x'] }, set: { addCommunities: ['y'] } }] }),
  policyOf({ import: [{ match: { agentPrefixes: ['n1*'] }, set: { localPref: 7 } }] }),
  policyOf({ import: [{ match: { communities: ['internal'] }, action: 'reject' }] }),
];

const peer = fc.constantFrom(...peers);
const nlri = fc.constantFrom('n1', 'n2', 'n3', '~c/d', `long-${'n'.repeat(90)}`, 'ünïcödé-日本');
const attributes = fc.record({
  med: fc.constantFrom(0, 25),
  communities: fc.constantFrom<string[][]>([], ['x'], ['internal', 'x'], ['x', 'y'], ['graceful-shutdown']),
  capabilities: fc.constantFrom<string[][]>([], ['c/d']),
  unknown: fc.constantFrom<(object | undefined)[]>(undefined, { note: 'text' }, { deep: [{ er: [] }] }),
});

type Act = (router: Router) => void;
const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(peer, fc.uniqueArray(nlri, { minLength: 1 }), attributes, fc.boolean()).map(announced),
  },
  fc.tuple(peer, nlri).map(([id, name]): Act => (router) => {
    if (isUp(router, id)) router.withdraw(id, name);
  }),
  peer.map((id): Act => (router) => {
    if (isUp(router, id)) router.lose(id);
  }),
  peer.map((id): Act => (router) => {
    if (!isUp(router, id)) router.up(id, asns[id], { restartTimeSeconds: 60 }, { gracefulRestart });
  }),
  peer.map((id): Act => (router) => {
    if (isUp(router, id)) router.update(id, { endOfRib: 'agent' });
  }),
  peer.map((id): Act => (router) => {
    router.event({ type: 'PeerRemoved', peer: id });
    router.up(id, asns[id], { restartTimeSeconds: 60 }, { gracefulRestart });
  }),
  fc.constantFrom(...policies).map((policy): Act => (router) => {
    router.event({ type: 'PolicyReplaced', policy });
  }),
  fc.tuple(peer, fc.integer({ min: 0, max: 6_000 })).map(([id, maxBytes]): Act => (router) => {
    router.configure(id, asns[id], { maxBytes, restartTimeSeconds: 60 });
    router.up(id, asns[id], {}, { gracefulRestart });
  }),
  fc.tuple(peer, nlri).map(([id, name]): Act => (router) => {
    const { life } = router.heard(id, name) ?? {};
    const other = id === 'a' ? 'b' : 'a';
    if (life !== undefined && isUp(router, other))
      router.update(other, { proofs: [{ nlri: name, secret: 's', life }] });
  }),
  fc.constant((router: Router) => {
    router.wait(61_000);
  }),
);

function announced([id, names, { unknown, ...change }, named]: [
  'a' | 'b',
  string[],
  { med: number; communities: string[]; capabilities: string[]; unknown: object | undefined },
  boolean,
]): Act {
  return (router) => {
    const reach = named
      ? { label: { name: 'Name', description: 'd'.repeat(70) }, life: `life-of-${String(names)}` }
      : {};
    if (isUp(router, id))
      router.announce(id, names, { ...change, ...(unknown !== undefined && { unknown: { ...unknown } }) }, reach);
  };
}

function isUp(router: Router, id: string): boolean {
  return router.peer(id).session !== undefined;
}

describe('what the routes of a peer hold in memory', () => {
  it('is counted exactly, whatever happens to them', () => {
    fc.assert(
      fc.property(fc.array(acts, { maxLength: 30 }), (sequence) => {
        const router = new Router();
        for (const id of peers)
          router.up(id, asns[id], { restartTimeSeconds: 60, url: `http://${id}` }, { gracefulRestart });
        for (const act of sequence) {
          act(router);
          check(router.speaker);
        }
        for (const id of peers) router.event({ type: 'PeerRemoved', peer: id });
        expect(router.speaker.peerBytes.ofAll).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('counts a set and its lists once, however many routes share them', () => {
    const router = new Router();
    router.up('a', 65010);
    const { footprint } = router.peer('a');
    router.announce('a', 'a0', { communities: ['x'.repeat(100)] });
    const first = footprint.bytes;
    router.announce('a', 'a1', { communities: ['x'.repeat(100)] });
    expect(footprint.bytes - first).toBeLessThan(300);
    const second = footprint.bytes;
    router.announce('a', 'a2', { communities: ['x'.repeat(100)], med: 1 });
    const third = footprint.bytes;
    router.announce('a', 'a3', { communities: ['y'.repeat(100)], med: 1 });
    expect(footprint.bytes - third).toBeGreaterThan(third - second + 200);
  });
});

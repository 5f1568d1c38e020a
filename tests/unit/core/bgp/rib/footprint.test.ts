import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributesBytes, routeBytes } from '../../../../../src/core/bgp/rib/footprint.ts';
import type { Peer, Speaker } from '../../../../../src/core/bgp/state/state.ts';
import { baseAttributes } from '../support/route.ts';
import { policyOf, Router } from '../support/router.ts';

/** What the routes of a peer hold, counted anew: each route, and each set once. */
function recount({ adjRibIn }: Peer): number {
  const routes = [...adjRibIn.values()];
  const sets = new Set(routes.map(({ received }) => received));
  return [...routes.map(routeBytes), ...[...sets].map(attributesBytes)].reduce((sum, bytes) => sum + bytes, 0);
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

  it('counts a set once, however many routes come with it', () => {
    const router = new Router();
    router.up('a', 65010);
    const { footprint } = router.peer('a');
    const communities = ['x'.repeat(100)];
    router.announce('a', 'a0', { communities });
    const first = footprint.bytes;
    router.announce('a', ['a1', 'a2'], { communities });
    expect(footprint.bytes).toBe(first + 2 * routeBytes(router.heard('a', 'a1')!));
    router.announce('a', 'a3', { communities, med: 1 });
    expect(footprint.bytes).toBeGreaterThan(2 * first);
  });

  it('is more for texts that take two bytes a letter, and for strange shapes', () => {
    const bytesOf = (change: object) => attributesBytes({ ...baseAttributes, ...change });
    expect(bytesOf({ communities: ['日'.repeat(100)] })).toBeGreaterThan(
      bytesOf({ communities: ['x'.repeat(100)] }) + 200,
    );
    expect(bytesOf({ unknown: { note: Array<object>(1_000).fill([]) } })).toBeGreaterThan(60_000);
    expect(
      bytesOf({ unknown: Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`${at}`, 1])) }),
    ).toBeGreaterThan(250_000);
  });
});

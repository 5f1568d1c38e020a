import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Speaker } from '../../../../src/core/bgp/state/state.ts';
import { Network } from './support/network.ts';
import { Router } from './support/router.ts';

const AGENT = 'weatherAgent';

/** What a router knows and told, without what only remembers the past. */
function tables(speaker: Speaker) {
  return {
    locRib: [...speaker.locRib.entries()].map(({ nlri, routes, best }) => [nlri, new Set(routes), best]).sort(byName),
    peers: [...speaker.peers].map(([id, { adjRibIn, adjRibOut }]) => [
      id,
      [...adjRibIn].sort(byName),
      [...adjRibOut].sort(byName),
    ]),
    claims: [...speaker.claims].sort(byName),
    selfRoutes: [...speaker.selfRoutes].sort(byName),
    ownLives: [...speaker.ownLives.keys()].sort(),
    stubs: [...speaker.stubs].map(([id, { adjRibIn }]) => [id, [...adjRibIn].sort(byName)]),
  };
}

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

describe('full meshes of one router per AS', () => {
  it.each([4, 5, 6, 7, 8, 9, 10, 11, 12])('of %i: the end leaves no ghost and costs no bogus announcement', (size) => {
    const network = mesh(size);
    network.end('r0', AGENT);
    network.run();
    const updates = network.sent.flatMap(({ message }) => (message.type === 'update' ? message : []));
    expect(updates.flatMap(({ reach }) => reach)).toEqual([]);
    expect(updates.length).toBeLessThanOrEqual(size * (size - 1));
    for (const speaker of network.routers.values()) {
      expect(speaker.locRib.size).toBe(0);
      for (const peer of speaker.peers.values()) expect(peer.adjRibIn.size + peer.adjRibOut.size).toBe(0);
    }
  });

  it.each([4, 6])('of %i without proofs: no ghost either, at the price of path hunting', (size) => {
    const network = mesh(size, false);
    network.end('r0', AGENT);
    network.run();
    const bogus = network.sent.flatMap(({ message }) => (message.type === 'update' ? message.reach : []));
    expect(bogus.length).toBeGreaterThan(0);
    for (const speaker of network.routers.values()) expect(speaker.locRib.size).toBe(0);
  });

  function mesh(size: number, proofs = true): Network {
    const network = new Network();
    const names = Array.from({ length: size }, (_, at) => `r${at}`);
    names.forEach((name, at) => network.add(name, { asn: 65000 + at * 10 }));
    names.forEach((one, at) => {
      for (const other of names.slice(at + 1)) network.link(one, other, { proofs }, { proofs });
    });
    network.originate('r0', AGENT);
    network.run();
    network.sent.length = 0;
    return network;
  }
});

describe('taking back', () => {
  const nlris = fc.constantFrom('one', 'two', '~coding', '~coding/go');
  const said = fc.record({
    peer: fc.constantFrom('a', 'b', 'i'),
    nlri: nlris,
    med: fc.constantFrom(0, 25),
    path: fc.constantFrom<number[]>([], [65099], [65000], [65020]),
    life: fc.constantFrom(undefined, 'life-x'),
  });
  type Said = typeof said extends fc.Arbitrary<infer T> ? T : never;

  function settled(messages: readonly Said[]): Router {
    const router = new Router({ aggregates: [{ nlri: '~coding', summaryOnly: true }] });
    router.up('a', 65010);
    router.up('b', 65020);
    router.up('i', 65000);
    router.originate('own', { capabilities: ['coding'] });
    for (const message of messages) say(router, message);
    return router;
  }

  function say(router: Router, { peer, nlri, med, path, life }: Said): void {
    const { asn } = router.peer(peer).settings;
    const asPath = [...(asn === 65000 ? [] : [asn]), ...path];
    router.announce(peer, nlri, { asPath, med }, life === undefined ? {} : { life });
  }

  it('a withdraw undoes an announcement: all tables are as they were', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 6 }), said, (before, extra) => {
        const router = settled(before.filter(({ peer, nlri }) => peer !== extra.peer || nlri !== extra.nlri));
        const expected = tables(router.speaker);
        say(router, extra);
        router.withdraw(extra.peer, extra.nlri);
        expect(tables(router.speaker)).toEqual(expected);
      }),
    );
  });

  it('the end undoes the origination of an agent', () => {
    const capabilities = fc.uniqueArray(fc.constantFrom('coding', 'coding/go', 'english'));
    fc.assert(
      fc.property(fc.array(said, { maxLength: 6 }), capabilities, (before, capable) => {
        const router = settled(before);
        const expected = tables(router.speaker);
        router.originate('extra', { capabilities: capable }, { id: 'server1', asn: 65002, rank: 1 });
        router.end('extra', 'server1');
        expect(tables(router.speaker)).toEqual(expected);
      }),
    );
  });

  it('the loss of a session undoes all that came by it', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 8 }), (messages) => {
        const router = settled(messages.filter(({ peer }) => peer !== 'a'));
        const expected = tables(router.speaker);
        for (const message of messages.filter(({ peer }) => peer === 'a')) say(router, message);
        router.lose('a');
        router.up('a', 65010);
        const now = tables(router.speaker);
        expect(now).toEqual(expected);
      }),
    );
  });

  it('the order in which messages of different peers arrive never shows in the Loc-RIB', () => {
    fc.assert(
      fc.property(
        fc.array(said, { minLength: 2, maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (messages, keys) => {
          // Messages of one peer stay in their order, as its connection keeps them.
          const queues = ['a', 'b', 'i'].map((id) => messages.filter(({ peer }) => peer === id));
          const shuffled: Said[] = [];
          for (let at = 0; queues.some((queue) => queue.length > 0); at++) {
            const waiting = queues.filter((queue) => queue.length > 0);
            shuffled.push(waiting[(keys[at] ?? 0) % waiting.length]!.shift()!);
          }
          expect(bests(settled(shuffled))).toEqual(bests(settled(messages)));
        },
      ),
    );
  });

  function bests(router: Router) {
    return [...router.speaker.locRib.entries()]
      .map(({ nlri, best }) => [nlri, best?.source, best?.attributes])
      .sort(byName);
  }
});

describe('random networks, however they are shaken', () => {
  const ROUTERS = ['r0', 'r1', 'r2', 'r3', 'r4'];
  const router = fc.constantFrom(...ROUTERS);
  const agent = fc.constantFrom('one', 'two');
  const happening = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ what: fc.constant('originate' as const), router, agent, med: fc.constantFrom(0, 25) }),
    },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('end' as const), router, agent }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('cut' as const), link: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('join' as const), link: fc.nat() }) },
    { weight: 1, arbitrary: fc.constant({ what: 'settle' as const }) },
  );
  const shape = fc.record({
    asns: fc.array(fc.constantFrom(65000, 65010, 65020), { minLength: 5, maxLength: 5 }),
    links: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
    proofs: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
    clients: fc.boolean(),
  });

  it('Adj-RIB-Out is what the other side has in its Adj-RIB-In, and no AS stands twice in a path', () => {
    fc.assert(
      fc.property(shape, fc.array(happening, { maxLength: 25 }), (network, script) => {
        const built = build(network);
        for (const event of script) apply(built, event);
        for (const link of built.links) if (!link.up) reconnect(built, link);
        built.network.run();
        for (const speaker of built.network.routers.values()) verify(built.network, speaker);
      }),
      { numRuns: 150 },
    );
  });

  interface Link {
    readonly a: string;
    readonly b: string;
    up: boolean;
  }

  function build({ asns, links, proofs, clients }: typeof shape extends fc.Arbitrary<infer T> ? T : never) {
    const network = new Network();
    ROUTERS.forEach((name, at) => network.add(name, { asn: asns[at]! }));
    const pairs = ROUTERS.flatMap((a, at) => ROUTERS.slice(at + 1).map((b) => ({ a, b })));
    const joined: Link[] = pairs.filter((_pair, at) => links[at]).map((pair) => ({ ...pair, up: true }));
    for (const [at, { a, b }] of joined.entries()) {
      const internal = network.speaker(a).settings.asn === network.speaker(b).settings.asn;
      const settings = { proofs: proofs[at] ?? true, holdTimeSeconds: 0 };
      network.link(a, b, { ...settings, client: clients && internal }, settings);
    }
    return { network, links: joined };
  }

  function apply(
    { network, links }: ReturnType<typeof build>,
    event: typeof happening extends fc.Arbitrary<infer T> ? T : never,
  ) {
    const link = 'link' in event && links.length > 0 ? links[event.link % links.length] : undefined;
    if (event.what === 'originate')
      network.originate(event.router, event.agent, { med: event.med, capabilities: ['c'] });
    if (event.what === 'end') network.end(event.router, event.agent);
    if (event.what === 'settle') network.run();
    if (event.what === 'cut' && link?.up === true) {
      // What is under way is lost with the connection, which the test network can only say by delivering it first.
      network.run();
      network.cut(link.a, link.b);
      link.up = false;
    }
    if (event.what === 'join' && link?.up === false) reconnect({ network, links }, link);
  }

  function reconnect({ network }: ReturnType<typeof build>, link: Link): void {
    network.reconnect(link.a, link.b);
    link.up = true;
  }

  function verify(network: Network, speaker: Speaker): void {
    const name = [...network.routers].find(([, each]) => each === speaker)![0];
    for (const [other, peer] of speaker.peers) {
      expect(peer.session, `${name} to ${other}`).toBeDefined();
      const there = network.speaker(other).peers.get(name)!.adjRibIn;
      const told = [...peer.adjRibOut].map(([nlri, { attributes, life }]) => [nlri, attributes, life]);
      expect(told.sort(byName)).toEqual(
        [...there.values()].map((route) => [route.nlri, route.received, route.life]).sort(byName),
      );
      for (const { attributes } of peer.adjRibOut.values()) {
        expect(new Set(attributes.asPath).size).toBe(attributes.asPath.length);
      }
    }
    for (const { best } of speaker.locRib.entries()) {
      // No ghost: what is chosen is still originated by somebody, under this very life where one is known.
      if (best === undefined) continue;
      const origins = [...network.routers.values()].filter(({ ownLives }) => ownLives.has(best.nlri));
      expect(origins.length, `${name} believes in ${best.nlri}`).toBeGreaterThan(0);
    }
  }
});

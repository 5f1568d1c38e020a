import { beforeEach, describe, expect, it } from 'vitest';
import type { Proof } from '../../../../src/core/bgp/packet/life.ts';
import type { Update } from '../../../../src/core/bgp/packet/message.ts';
import type { PeerSettings } from '../../../../src/core/bgp/state/peer-settings.ts';
import { Network } from './support/network.ts';
import { policyOf, Router } from './support/router.ts';

const AGENT = 'weatherAgent';

/** Routers of one AS each, joined each to each; the first originates the agent. */
function mesh(names: readonly string[], settings: Partial<PeerSettings> = {}): Network {
  const network = new Network();
  names.forEach((name, at) => network.add(name, { asn: 65000 + at * 10 }));
  names.forEach((one, at) => {
    for (const other of names.slice(at + 1)) network.link(one, other, settings, settings);
  });
  network.originate('o', AGENT);
  network.run();
  network.sent.length = 0;
  return network;
}

function proofOf(network: Network, router = 'o', nlri = AGENT): Proof {
  const draw = network.speaker(router).ownLives.get(nlri);
  if (draw === undefined) throw new Error('no life');
  return draw;
}

function update(change: Partial<Update>): Update {
  return { type: 'update', withdrawn: [], reach: [], proofs: [], ...change };
}

function replacePolicy(router: Router, statements: Parameters<typeof policyOf>[0]): void {
  router.event({ type: 'PolicyReplaced', policy: policyOf(statements) });
}

describe('withdrawals prove the end', () => {
  let network: Network;

  beforeEach(() => {
    network = mesh(['o', 'a', 'b']);
  });

  it('1: a proof marks every copy of the life dead and deletes none', () => {
    const proof = proofOf(network);
    expect(network.speaker('a').peers.get('b')?.adjRibIn.size).toBe(1);
    network.deliver('a', 'b', update({ proofs: [proof] }));
    expect(network.best('a', AGENT)).toBeUndefined();
    for (const peer of ['o', 'b']) {
      expect(network.speaker('a').peers.get(peer)?.adjRibIn.get(AGENT)?.ineligible).toEqual({ type: 'life-ended' });
    }
  });

  it('2: a withdraw removes the copy of its sender alone, whatever its life', () => {
    network.inject('a', 'o', update({ withdrawn: [AGENT] }));
    expect(network.speaker('a').peers.get('o')?.adjRibIn.size).toBe(0);
    expect(network.best('a', AGENT)?.source).toMatchObject({ id: 'b' });
  });

  it('3: a copy that arrives with a dead life replaces the earlier one and is dead; another life is untouched', () => {
    const proof = proofOf(network);
    const learned = network.speaker('a').peers.get('b')?.adjRibIn.get(AGENT);
    const attributes = learned?.received;
    if (attributes === undefined) throw new Error('nothing learned');
    network.deliver('a', 'b', update({ attributes, reach: [{ nlri: AGENT, life: 'another-life' }] }));
    network.deliver('a', 'o', update({ withdrawn: [AGENT], proofs: [proof] }));
    expect(network.best('a', AGENT)?.life).toBe('another-life');
    network.deliver('a', 'b', update({ attributes, reach: [{ nlri: AGENT, life: proof.life }] }));
    expect(network.best('a', AGENT)).toBeUndefined();
    expect(network.speaker('a').peers.get('b')?.adjRibIn.get(AGENT)?.life).toBe(proof.life);
  });

  it('4: every message that replaces a dead route carries the proof, announcements too', () => {
    const proof = proofOf(network);
    network.add('leaf', { asn: 65090 });
    network.link('b', 'leaf');
    network.originate('a', AGENT);
    network.run();
    expect(network.best('leaf', AGENT)?.life).toBe(proof.life);
    network.sent.length = 0;
    network.end('o', AGENT);
    network.run();
    expect(network.updates('b', 'leaf')).toMatchObject([{ withdrawn: [], reach: [{ nlri: AGENT }], proofs: [proof] }]);
    expect(network.updates('b', 'a')).toMatchObject([{ withdrawn: [AGENT], reach: [], proofs: [proof] }]);
    expect(network.best('leaf', AGENT)?.attributes.asPath).toEqual([65020, 65010]);
  });

  it('4: a life that ended and a new one that began before the peer was told go out as one message with the proof', () => {
    const proof = proofOf(network);
    network.end('o', AGENT);
    network.originate('o', AGENT);
    network.run();
    expect(network.updates('o', 'a')).toMatchObject([{ withdrawn: [], reach: [{ nlri: AGENT }], proofs: [proof] }]);
    expect(network.best('a', AGENT)?.life).not.toBe(proof.life);
  });

  it('5: what is told is always the difference between what was told and what holds now', () => {
    network.end('o', AGENT);
    network.run();
    for (const speaker of network.routers.values()) {
      for (const peer of speaker.peers.values()) {
        expect([...peer.adjRibOut.keys()]).toEqual([]);
        expect([...peer.adjRibIn.keys()]).toEqual([]);
      }
    }
  });

  it('ends in a withdrawal per link direction and no bogus announcement', () => {
    network.end('o', AGENT);
    network.run();
    const updates = network.sent.flatMap(({ message }) => (message.type === 'update' ? message : []));
    expect(updates.flatMap(({ reach }) => reach)).toEqual([]);
    expect(updates.length).toBeLessThanOrEqual(6);
  });

  it('without proofs a mesh of four hunts through dead paths', () => {
    const classical = mesh(['o', 'a', 'b', 'c'], { proofs: false });
    classical.end('o', AGENT);
    classical.run();
    const announced = classical.sent.flatMap(({ message }) => (message.type === 'update' ? message.reach : []));
    expect(announced.length).toBeGreaterThan(0);
    expect(classical.best('a', AGENT)).toBeUndefined();
    expect(classical.sent.some(({ message }) => message.type === 'update' && message.proofs.length > 0)).toBe(false);
  });

  it('6: losing a link proves nothing', () => {
    network.cut('o', 'a');
    network.run();
    expect(network.sent.some(({ message }) => message.type === 'update' && message.proofs.length > 0)).toBe(false);
    expect(network.best('a', AGENT)?.source).toMatchObject({ id: 'b' });
  });

  it.each<[string, (router: Router) => void, string[]]>([
    ['an export policy', (router) => replacePolicy(router, { export: [{ action: 'reject' }] }), ['b', 'c']],
    ['an import policy', (router) => replacePolicy(router, { import: [{ action: 'reject' }] }), ['b', 'c']],
    ['no-export', (router) => router.originate(AGENT, { communities: ['no-export'] }), ['b', 'c']],
    // The better path is of c: b hears of it instead, c hears nothing more of ours.
    ['a better path, and split horizon', (router) => router.announce('c', AGENT, {}, { life: 'other' }), ['c']],
  ])('6: %s takes a route away and proves nothing', (_what, change, withdrawnFrom) => {
    const router = new Router();
    router.up('b', 65020);
    router.up('c', 65030);
    router.originate(AGENT, { localPref: 50 });
    for (const peer of ['b', 'c']) router.told(peer);
    change(router);
    const told = Object.fromEntries(['b', 'c'].map((peer) => [peer, router.told(peer)]));
    expect(Object.keys(told).filter((peer) => told[peer]?.some(({ withdrawn }) => withdrawn.includes(AGENT)))).toEqual(
      withdrawnFrom,
    );
    expect(Object.values(told).map((updates) => updates.length)).toEqual([1, 1]);
    expect(
      Object.values(told)
        .flat()
        .flatMap(({ proofs }) => proofs),
    ).toEqual([]);
  });

  it('6: a life goes on through changes of attributes and while another stub still has the agent', () => {
    const { life } = proofOf(network);
    network.originate('o', AGENT, { med: 75 });
    network.originate('o', AGENT, {}, { id: 'server1', asn: 65002, rank: 1 });
    network.end('o', AGENT);
    network.run();
    expect(network.best('a', AGENT)?.life).toBe(life);
    network.end('o', AGENT, 'server1');
    network.run();
    expect(network.best('a', AGENT)).toBeUndefined();
    expect(network.speaker('a').deadLives.has(life)).toBe(true);
  });

  it('a capability route has a life of its own, which ends with the last agent that has the capability', () => {
    network.originate('o', 'one', { capabilities: ['coding'] });
    network.originate('o', 'two', { capabilities: ['coding'] });
    network.run();
    const { life } = proofOf(network, 'o', '~coding');
    network.end('o', 'one');
    network.run();
    expect(network.best('a', '~coding')?.life).toBe(life);
    network.end('o', 'two');
    network.run();
    expect(network.best('a', '~coding')).toBeUndefined();
    expect(network.speaker('b').deadLives.has(life)).toBe(true);
  });

  it('a secret that ends no known life changes nothing', () => {
    const before = network.best('a', AGENT);
    const invented = { nlri: AGENT, secret: 'invented', life: 'what-it-hashes-to' };
    network.inject('a', 'b', update({ proofs: [invented] }));
    expect(network.best('a', AGENT)).toBe(before);
    expect(network.updates('a', 'o')).toEqual([]);
  });
});

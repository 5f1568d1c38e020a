import { beforeEach, describe, expect, it } from 'vitest';
import { MAX_BYTES_OF_ALL_PEERS } from '../../../../../src/core/bgp/rib/footprint.ts';
import { policyOf, Router } from '../support/router.ts';

const AGENT = 'weatherAgent';

describe('a received route that cannot be chosen replaces the earlier one of its peer (RFC 4271 §3.1)', () => {
  let router: Router;

  beforeEach(() => {
    router = new Router({ policy: policyOf({ import: [{ match: { communities: ['bad'] }, action: 'reject' }] }) });
    router.up('a', 65010);
    router.up('b', 65020);
    router.up('i', 65000);
    router.announce('a', AGENT);
    router.announce('i', AGENT, { asPath: [65090, 65091] });
    router.told('b');
  });

  it.each([
    ['our own AS is in its path', 'a', { asPath: [65010, 65000, 65020] }, { type: 'as-loop' }],
    ['our own AS is in an AS set of its path', 'a', { asPath: [65010, [65000, 65020]] }, { type: 'as-loop' }],
    ['its path does not begin with its peer', 'a', { asPath: [65011] }, { type: 'first-as' }],
    ['its path is empty', 'a', { asPath: [] }, { type: 'first-as' }],
    ['policy rejects it', 'a', { communities: ['bad'] }, { type: 'denied', place: 'import[0]' }],
    ['it is our own, reflected', 'i', { originatorId: '10.0.0.1' }, { type: 'originator-loop' }],
    ['it has been in our cluster', 'i', { clusterList: ['10.0.0.9', '10.0.0.1'] }, { type: 'cluster-loop' }],
  ] as const)('because %s', (_why, peer, attributes, ineligible) => {
    router.announce(peer, AGENT, attributes);
    expect(router.heard(peer, AGENT)?.ineligible).toEqual(ineligible);
    expect(router.best(AGENT)?.source).toMatchObject({ id: peer === 'a' ? 'i' : 'a' });
    router.withdraw(peer === 'a' ? 'i' : 'a', AGENT);
    expect(router.best(AGENT)).toBeUndefined();
    expect(router.told('b').at(-1)).toMatchObject({ withdrawn: [AGENT], reach: [] });
  });

  it('because its life has ended', () => {
    router.update('b', { proofs: [{ nlri: AGENT, secret: 's', life: 'dead' }] });
    router.announce('a', AGENT, {}, { life: 'dead' });
    expect(router.heard('a', AGENT)?.ineligible).toEqual({ type: 'life-ended' });
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'i' });
  });

  it('and is chosen again when it becomes acceptable', () => {
    router.announce('a', AGENT, { asPath: [65010, 65000] });
    router.announce('a', AGENT, { asPath: [65010] });
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'a' });
  });
});

describe('an UPDATE (RFC 4271 §9)', () => {
  let router: Router;

  beforeEach(() => {
    router = new Router();
    router.up('a', 65010);
    router.up('b', 65020);
  });

  it('replaces what the peer said of the NLRI before', () => {
    router.announce('a', AGENT, { med: 50 });
    router.announce('a', AGENT, { med: 75 });
    expect(router.best(AGENT)?.attributes.med).toBe(75);
    expect(router.peer('a').adjRibIn.size).toBe(1);
    expect(router.speaker.locRib.get(AGENT)?.routes).toHaveLength(1);
  });

  it('withdraws nothing but the route of its peer', () => {
    router.announce('a', AGENT);
    router.announce('b', AGENT);
    router.withdraw('a', AGENT);
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'b' });
    expect(router.peer('a').adjRibIn.size).toBe(0);
  });

  it('changes nothing where it withdraws what nobody told', () => {
    router.announce('a', AGENT);
    router.told('b');
    router.withdraw('a', 'unheardOf');
    router.withdraw('b', AGENT);
    expect(router.told('b')).toEqual([]);
    expect(router.speaker.locRib.size).toBe(1);
  });

  it('that announces what it withdraws announces it (RFC 4271 §4.3)', () => {
    router.announce('a', AGENT);
    const attributes = router.heard('a', AGENT)!.received;
    router.update('a', { withdrawn: [AGENT], attributes, reach: [{ nlri: AGENT }] });
    expect(router.best(AGENT)).toBeDefined();
  });

  it('in which an NLRI stands twice counts as its last', () => {
    const attributes = { asPath: [65010], nextHop: '', localPref: 100, med: 0, communities: [], capabilities: [] };
    const reach = [
      { nlri: AGENT, life: 'one' },
      { nlri: AGENT, life: 'two' },
    ];
    router.update('a', { attributes: { ...attributes, originTime: 1 }, reach });
    expect(router.best(AGENT)?.life).toBe('two');
  });

  it('is ignored in a family that was not agreed on (RFC 4760 §7)', () => {
    router.up('c', 65030, {}, { families: ['agent'] });
    router.announce('c', [AGENT, '~weather']);
    expect(router.best(AGENT)).toBeDefined();
    expect(router.best('~weather')).toBeUndefined();
    expect(router.told('c')).toEqual([]);
  });
});

describe('the limit on the routes of a peer', () => {
  let router: Router;

  beforeEach(() => {
    router = new Router();
    router.up('a', 65010, { maxRoutes: 2, restartTimeSeconds: 60 }, { gracefulRestart });
    router.announce('a', ['one', 'two', 'three']);
  });

  const gracefulRestart = { restartTimeSeconds: 60, restarted: false, preserved: true };

  it('leaves out what goes beyond, and is reported once per session', () => {
    router.announce('a', 'four');
    expect([...router.peer('a').adjRibIn.keys()]).toEqual(['one', 'two']);
    expect(router.effects.filter(({ type }) => type === 'MaxRoutesReached')).toEqual([
      { type: 'MaxRoutesReached', peer: 'a', maxRoutes: 2 },
    ]);
  });

  it('does not stand in the way of changes to what is kept', () => {
    router.announce('a', ['one', 'two'], { med: 75 });
    expect(router.best('two')?.attributes.med).toBe(75);
  });

  it('lets another in where one is withdrawn', () => {
    router.withdraw('a', 'one');
    router.announce('a', 'three');
    expect([...router.peer('a').adjRibIn.keys()]).toEqual(['two', 'three']);
  });

  it('counts anew in a new session', () => {
    router.lose('a');
    router.up('a', 65010, {}, { gracefulRestart });
    router.announce('a', ['three', 'four', 'five']);
    expect([...router.peer('a').adjRibIn.keys()]).toEqual(['three', 'four']);
    expect(router.effects.filter(({ type }) => type === 'MaxRoutesReached')).toHaveLength(2);
  });
});

describe('the limit on the memory of a peer', () => {
  const large = (at: number) => ({ communities: [`${at}`.padEnd(128, '-')] });
  const gracefulRestart = { restartTimeSeconds: 60, restarted: false, preserved: true };
  let router: Router;

  /** A router whose peer has room for two routes, each with a large set of its own. */
  beforeEach(() => {
    const model = new Router();
    model.up('a', 65010, { restartTimeSeconds: 60 });
    model.announce('a', 'one', large(1));
    model.announce('a', 'two', large(2));
    const maxBytes = model.peer('a').footprint.bytes;
    router = new Router();
    router.up('a', 65010, { maxBytes, restartTimeSeconds: 60 }, { gracefulRestart });
    router.up('b', 65020);
    for (const at of [1, 2, 3, 4]) router.announce('a', ['', 'one', 'two', 'six', 'ten'][at]!, large(at));
  });

  const kept = () => [...router.peer('a').adjRibIn.keys()];
  const reports = () => router.effects.filter(({ type }) => type === 'MaxBytesReached');

  it('leaves out what goes beyond, is reported once per session, and touches no other peer', () => {
    expect(kept()).toEqual(['one', 'two']);
    const { maxBytes } = router.peer('a').settings;
    expect(reports()).toEqual([{ type: 'MaxBytesReached', peer: 'a', maxBytes }]);
    router.announce('b', 'theirs', large(9));
    expect(router.best('theirs')).toBeDefined();
  });

  it('lets another in where one is withdrawn', () => {
    router.withdraw('a', 'one');
    router.announce('a', 'six', large(3));
    expect(kept()).toEqual(['two', 'six']);
  });

  it('does not stand in the way of a route that takes no more than the one before it', () => {
    router.announce('a', 'two', large(5));
    expect(router.best('two')?.attributes).toMatchObject(large(5));
  });

  it('takes a route away whose next state does not fit, because its peer has taken it back (RFC 4271 §3.1)', () => {
    router.announce('a', 'two', {
      communities: Array.from({ length: 60 }, (_, at) => `${at}`.padEnd(128, '-')).sort(),
    });
    expect(kept()).toEqual(['one']);
    expect(router.best('two')).toBeUndefined();
  });

  it('makes room with what a restarted peer has not sent again (RFC 4724 §4.2)', () => {
    router.lose('a');
    expect(kept()).toEqual(['one', 'two']);
    router.up('a', 65010, {}, { gracefulRestart });
    router.announce('a', 'six', large(3));
    expect(kept()).toEqual(['six']);
  });

  it('holds for all peers together', () => {
    router.speaker.peerBytes.ofAll += MAX_BYTES_OF_ALL_PEERS;
    router.announce('b', 'theirs', large(9));
    expect(router.best('theirs')).toBeUndefined();
    expect(reports()).toHaveLength(2);
    router.announce('a', 'one', large(5));
    expect(kept()).toEqual(['one', 'two']);
  });
});

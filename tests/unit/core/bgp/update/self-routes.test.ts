import { describe, expect, it } from 'vitest';
import { callRoutes } from '../../../../../src/core/bgp/lookup.ts';
import { stubOf } from '../support/network.ts';
import { policyOf, Router } from '../support/router.ts';

const AGENT = 'weatherAgent';
const second = { id: 'server1', asn: 65002, nextHop: 'http://127.0.0.1:4222', rank: 1 };

describe('a capability route', () => {
  it('has the attributes of its best agent and the others as contributors', () => {
    const router = new Router();
    router.originate('slow', { capabilities: ['coding'], med: 50 });
    router.originate('fast', { capabilities: ['coding'], med: 25 });
    router.originate('other', { capabilities: ['cooking'] });
    expect(router.best('~coding')).toMatchObject({ source: { kind: 'self' }, attributes: { med: 25 } });
    const call = { from: undefined, crossed: [], required: [] };
    expect(callRoutes(router.speaker, '~coding', call).map(({ nlri }) => nlri)).toEqual(['fast', 'slow']);
    router.originate('fast', { capabilities: ['coding'], med: 75 });
    expect(router.best('~coding')?.attributes.med).toBe(50);
  });

  it('follows the first name among agents that are equal in all else, whatever their order', () => {
    const names = ['b', 'a', 'c'];
    for (const order of [names, [...names].reverse()]) {
      const router = new Router();
      for (const name of order) router.originate(name, { capabilities: ['coding', name] });
      expect(router.best('~coding')?.attributes.capabilities).toEqual(['a', 'coding']);
    }
  });

  it('goes when its last agent loses the capability, and its life with it', () => {
    const router = new Router();
    router.up('a', 65010);
    router.originate(AGENT, { capabilities: ['coding'] });
    const life = router.best('~coding')?.life;
    router.told('a');
    router.originate(AGENT, { capabilities: [] });
    expect(router.speaker.locRib.get('~coding')).toBeUndefined();
    expect(router.told('a')).toMatchObject([
      { withdrawn: ['~coding'], proofs: [{ life }] },
      { reach: [{ nlri: AGENT }] },
    ]);
    expect(router.speaker.claims.size + router.speaker.selfRoutes.size).toBe(0);
  });

  it('goes when policy denies all agents that have it, and comes back with them', () => {
    const router = new Router();
    router.originate('one', { capabilities: ['coding'] });
    router.originate('two', { capabilities: ['coding'], med: 25 });
    const deny = (globs: string[]) =>
      policyOf({ import: [{ match: { agentPrefixes: globs }, action: 'reject' as const }] });
    router.event({ type: 'PolicyReplaced', policy: deny(['one']) });
    expect(router.best('~coding')?.attributes.med).toBe(25);
    router.event({ type: 'PolicyReplaced', policy: deny(['*']) });
    expect(router.best('~coding')).toBeUndefined();
    router.event({ type: 'PolicyReplaced', policy: deny(['two']) });
    expect(router.best('~coding')?.attributes.med).toBe(0);
  });

  it('leaves a broken server for another one and comes back to it', () => {
    const router = new Router();
    router.originate('one', { capabilities: ['coding'] });
    router.originate('two', { capabilities: ['coding'], med: 25 }, second);
    const nextHop = 'http://127.0.0.1:4111';
    router.event({ type: 'NextHopChanged', nextHop, usable: false });
    expect(router.best('~coding')?.attributes.nextHop).toBe(second.nextHop);
    expect(router.best('one')?.attributes.nextHop).toBe(nextHop);
    router.event({ type: 'NextHopChanged', nextHop, usable: true });
    expect(router.best('~coding')?.attributes.nextHop).toBe(nextHop);
  });

  it('is announced as ours beside the same capability of others', () => {
    const router = new Router();
    router.up('a', 65010);
    router.up('b', 65020);
    router.announce('a', '~coding', { med: 0 });
    router.originate(AGENT, { capabilities: ['coding'], med: 500 });
    expect(router.adjRibOut('b')['~coding']?.asPath).toEqual([65000]);
    router.end(AGENT);
    expect(router.adjRibOut('b')['~coding']?.asPath).toEqual([65000, 65010]);
  });
});

describe('an aggregate (RFC 4271 §9.2.2.2)', () => {
  const coding = { nlri: '~coding', summaryOnly: true };

  function aggregating(aggregate = coding): Router {
    const router = new Router({ aggregates: [aggregate] });
    router.up('a', 65010);
    router.up('b', 65020);
    router.up('c', 65030);
    return router;
  }

  const toldOf = (router: Router, id: string) => Object.keys(router.adjRibOut(id)).sort();

  it('stands for what lies below it, with the ASes of it as a set, and with a life of its own', () => {
    const router = aggregating();
    router.announce('a', '~coding/go', { asPath: [65010, 65090], med: 50, communities: ['x'], originTime: 7 });
    router.announce('b', '~coding/rust', { med: 25, communities: ['x', 'y'], originTime: 5 });
    router.announce('b', '~codingtheory');
    expect(router.best('~coding')).toMatchObject({
      source: { kind: 'self' },
      attributes: { asPath: [[65010, 65020, 65090]], med: 25, communities: ['x', 'y'], originTime: 5, aggregate: true },
    });
    expect(router.best('~coding')?.life).toBeDefined();
    expect(router.adjRibOut('c')['~coding']).toMatchObject({ asPath: [65000, [65010, 65020, 65090]], aggregate: true });
    expect(toldOf(router, 'c')).toEqual(['~coding', '~codingtheory']);
  });

  it('is told besides its parts unless it is to stand for them', () => {
    const router = aggregating({ ...coding, summaryOnly: false });
    router.announce('a', '~coding/go');
    expect(toldOf(router, 'c')).toEqual(['~coding', '~coding/go']);
  });

  it('is not told to a peer that would take it for a loop: that one is told of the parts (RFC 4271 §9.1.2)', () => {
    const router = aggregating();
    router.originate(AGENT, { capabilities: ['coding/zig'] });
    expect(toldOf(router, 'a')).toEqual([AGENT, '~coding']);
    router.announce('a', '~coding/go');
    router.announce('b', '~coding/rust', { asPath: [65020, 65030] });
    expect(toldOf(router, 'a')).toEqual([AGENT, '~coding/rust', '~coding/zig']);
    expect(toldOf(router, 'b')).toEqual([AGENT, '~coding/go', '~coding/zig']);
    expect(toldOf(router, 'c')).toEqual([AGENT, '~coding/go', '~coding/zig']);
    router.announce('b', '~coding/rust', { asPath: [65020] });
    expect(toldOf(router, 'c')).toEqual([AGENT, '~coding']);
    router.withdraw('a', '~coding/go');
    expect(toldOf(router, 'a')).toEqual([AGENT, '~coding']);
  });

  it('is told to a peer whose AS number a server of ours has', () => {
    const router = aggregating();
    router.up('d', stubOf().asn);
    router.originate(AGENT, { capabilities: ['coding/zig'] });
    expect(toldOf(router, 'd')).toEqual([AGENT, '~coding']);
  });

  it('has no AS set where all is our own', () => {
    const router = aggregating();
    router.originate(AGENT, { capabilities: ['coding/go'] });
    expect(router.adjRibOut('c')['~coding']?.asPath).toEqual([65000]);
  });

  it('covers an agent of ours that has the very capability, too', () => {
    const router = aggregating();
    router.originate(AGENT, { capabilities: ['coding'], med: 5 });
    expect(router.best('~coding')?.attributes.aggregate).toBeUndefined();
    router.announce('a', '~coding/go', { med: 50 });
    expect(router.best('~coding')?.attributes).toMatchObject({ asPath: [[65010]], med: 5, aggregate: true });
    router.withdraw('a', '~coding/go');
    expect(router.best('~coding')?.attributes.aggregate).toBeUndefined();
  });

  it('does not depend on the order in which its parts arrive', () => {
    const parts = ['~coding/go', '~coding/rust', '~coding/zig'];
    const made = [parts, [...parts].reverse()].map((order) => {
      const router = aggregating();
      for (const nlri of order) router.announce(nlri === '~coding/go' ? 'a' : 'b', nlri);
      return router.best('~coding')?.attributes;
    });
    expect(made[0]).toEqual(made[1]);
  });

  it('ends with its last part, with proof, and begins anew with another life', () => {
    const router = aggregating();
    router.announce('a', '~coding/go');
    const life = router.best('~coding')?.life;
    router.told('c');
    router.withdraw('a', '~coding/go');
    expect(router.told('c')).toMatchObject([{ withdrawn: ['~coding'], proofs: [{ life }] }]);
    expect(router.speaker.locRib.size).toBe(0);
    router.announce('a', '~coding/go');
    expect(router.best('~coding')?.life).toBeDefined();
    expect(router.best('~coding')?.life).not.toBe(life);
  });

  it('asks for a life where none was drawn in advance, and is told again with it', () => {
    const router = aggregating();
    router.announce('a', '~coding/go');
    expect(router.effects).toContainEqual({ type: 'DrawNeeded', nlri: '~coding' });
    expect(router.speaker.spareDraws.has('~coding')).toBe(true);
    expect(router.peer('c').adjRibOut.get('~coding')?.life).toBe(router.best('~coding')?.life);
  });

  it('gives its parts back to the peers when a better route to the same capability takes its place', () => {
    const policy = policyOf({ import: [{ match: { communities: ['best'] }, set: { localPref: 300 } }] });
    const router = new Router({ aggregates: [coding], policy });
    router.up('a', 65010);
    router.up('b', 65020);
    router.originate(AGENT, { capabilities: ['coding/go'] });
    expect(toldOf(router, 'a')).toEqual(['weatherAgent', '~coding']);
    router.announce('a', '~coding', { communities: ['best'] });
    expect(toldOf(router, 'a')).toEqual(['weatherAgent', '~coding/go']);
    router.withdraw('a', '~coding');
    expect(toldOf(router, 'a')).toEqual(['weatherAgent', '~coding']);
  });

  it('may stand below another one, which then covers it', () => {
    const router = new Router({ aggregates: [coding, { nlri: '~coding/web', summaryOnly: true }] });
    router.up('a', 65010);
    router.up('c', 65030);
    router.announce('a', ['~coding/web/css', '~coding/go']);
    expect(router.best('~coding/web')?.attributes.aggregate).toBe(true);
    expect(toldOf(router, 'c')).toEqual(['~coding']);
    router.withdraw('a', '~coding/web/css');
    expect(router.best('~coding/web')).toBeUndefined();
    router.withdraw('a', '~coding/go');
    expect(router.speaker.locRib.size).toBe(0);
  });

  it('is not originated where its parts together say more than a message may, and these are told (RFC 4271 §9.2)', () => {
    const router = aggregating();
    const tiers = Array.from({ length: 60 }, (_, at) => `tier:${at}`).sort();
    router.announce('a', '~coding/go', { communities: tiers });
    router.announce('b', '~coding/rust', { communities: ['x', 'y', 'z', 'zz'] });
    expect(router.best('~coding')?.attributes.communities).toHaveLength(64);
    expect(toldOf(router, 'c')).toEqual(['~coding']);
    router.announce('b', '~coding/zig', { communities: ['one-too-many'] });
    expect(router.best('~coding')).toBeUndefined();
    expect(toldOf(router, 'c')).toEqual(['~coding/go', '~coding/rust', '~coding/zig']);
    expect([...router.speaker.leftOut.values()]).toEqual([
      { nlri: '~coding', excess: 'more than 64 communities besides those that discovery sets' },
    ]);
    router.announce('a', '~coding/zag', { communities: ['two-too-many'] });
    expect(router.effects.filter(({ type }) => type === 'RouteLeftOut')).toHaveLength(1);
    router.withdraw('b', '~coding/zig');
    router.withdraw('a', '~coding/zag');
    expect(toldOf(router, 'c')).toEqual(['~coding']);
    expect(router.speaker.leftOut.size).toBe(0);
  });

  it('leaves the route to the very capability where its parts say too much', () => {
    const router = aggregating();
    router.originate(AGENT, { capabilities: ['coding'], communities: ['own'] });
    router.announce('a', '~coding/go', { communities: Array.from({ length: 64 }, (_, at) => `c${at}`).sort() });
    expect(router.best('~coding')?.attributes).toMatchObject({ communities: ['own'] });
    expect(router.best('~coding')?.attributes.aggregate).toBeUndefined();
    expect(toldOf(router, 'c')).toEqual([AGENT, '~coding', '~coding/go']);
  });

  it('keeps every community that holds its parts back, and its AS set within what a message may carry', () => {
    const router = aggregating();
    for (let at = 0; at < 200; at++) {
      const communities = at === 150 ? ['no-export'] : [];
      router.announce('a', `~coding/${at}`, { asPath: [65010, 1 + at, 1001 + at], communities });
    }
    const { communities, asPath } = router.best('~coding')!.attributes;
    expect(communities).toEqual(['no-export']);
    expect(asPath.flat().length).toBeLessThan(256);
  });
});

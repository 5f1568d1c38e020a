import { describe, expect, it } from 'vitest';
import { stubOf } from '../support/network.ts';
import { policyOf, Router } from '../support/router.ts';

const AGENT = 'weatherAgent';
const second = { id: 'server1', asn: 65002, nextHop: 'http://127.0.0.1:4222', rank: 1 };

describe('an agent of a stub (RFC 4271 §9.4)', () => {
  it('is a route with the AS and the URL of the stub', () => {
    const router = new Router();
    router.originate(AGENT, {
      communities: ['z', 'a', 'z'],
      capabilities: ['b', 'a', 'b'],
      med: 25,
      localPref: 150,
      performance: { responseTimeMs: 3, successRate: 1 },
    });
    expect(router.best(AGENT)).toMatchObject({
      source: { kind: 'stub', id: 'server0' },
      label: { name: AGENT },
      attributes: {
        asPath: [65001],
        nextHop: 'http://127.0.0.1:4111',
        localPref: 150,
        med: 25,
        communities: ['a', 'z'],
        capabilities: ['a', 'b'],
        performance: { responseTimeMs: 3, successRate: 1 },
      },
    });
  });

  it('of two stubs is taken from the first in the configuration where all else is equal', () => {
    const router = new Router();
    router.originate(AGENT, {}, second);
    router.originate(AGENT);
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'server0' });
    router.end(AGENT);
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'server1' });
    router.end(AGENT, 'server1');
    expect(router.speaker.locRib.size).toBe(0);
    expect(router.speaker.stubs.size).toBe(0);
  });

  it('follows the rank, weight and URL of its stub when they change', () => {
    const router = new Router();
    router.originate(AGENT, {}, second);
    router.originate(AGENT, {}, { rank: 2 });
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'server1' });
    router.originate(AGENT, {}, { rank: 0, weight: 9, nextHop: 'http://moved' });
    expect(router.best(AGENT)).toMatchObject({ weight: 9, attributes: { nextHop: 'http://moved' } });
    expect(router.speaker.locRib.get(AGENT)?.routes).toHaveLength(2);
  });

  it('for which no life was drawn is announced without one', () => {
    const router = new Router();
    router.up('a', 65010);
    const label = { name: AGENT, description: '' };
    const origination = { agent: AGENT, label, capabilities: [], communities: [], med: 0, originTime: 1 };
    router.event({ type: 'RoutesOriginated', stub: stubOf(), agents: [origination], draws: [] });
    expect(router.told('a')[0]?.reach).toEqual([{ nlri: AGENT, label }]);
    router.end(AGENT);
    expect(router.told('a')).toMatchObject([{ withdrawn: [AGENT], proofs: [] }]);
  });

  it('that was never there ends nothing', () => {
    const router = new Router();
    router.originate(AGENT);
    router.end('another');
    router.end(AGENT, 'another server');
    expect(router.best(AGENT)).toBeDefined();
    expect(router.speaker.ownLives.has(AGENT)).toBe(true);
  });

  it('keeps its life while policy denies it, and ends it with its end', () => {
    const router = new Router();
    router.up('a', 65010);
    router.originate(AGENT, { capabilities: ['weather'] });
    const life = router.best(AGENT)?.life;
    const ofCapability = router.best('~weather')?.life;
    router.told('a');
    router.event({ type: 'PolicyReplaced', policy: policyOf({ import: [{ action: 'reject' }] }) });
    expect(router.told('a')).toMatchObject([{ withdrawn: [AGENT, '~weather'], proofs: [] }]);
    router.event({ type: 'PolicyReplaced', policy: policyOf({}) });
    expect([router.best(AGENT)?.life, router.best('~weather')?.life]).toEqual([life, ofCapability]);
    router.end(AGENT);
    expect(
      router
        .told('a')
        .at(-1)
        ?.proofs.map((proof) => proof.life),
    ).toEqual([life, ofCapability]);
  });
});

describe('an agent whose route would say more than a message may (RFC 4271 §9.2)', () => {
  const many = Array.from({ length: 65 }, (_, at) => `c${at}`);
  const excess = 'more than 64 communities besides those that discovery sets';

  it('is left out, and named once for as long as it is so', () => {
    const router = new Router();
    router.up('a', 65010);
    router.originate('fine');
    router.originate(AGENT, { communities: many });
    router.originate(AGENT, { communities: many, med: 50 });
    expect(router.best(AGENT)).toBeUndefined();
    expect(Object.keys(router.adjRibOut('a'))).toEqual(['fine']);
    expect(router.effects.filter(({ type }) => type === 'RouteLeftOut')).toEqual([
      { type: 'RouteLeftOut', nlri: AGENT, stub: 'server0', excess },
    ]);
  });

  it('goes where it was there before, with its life and its capabilities, and comes back', () => {
    const router = new Router();
    router.up('a', 65010);
    router.originate(AGENT, { capabilities: ['weather'] });
    const life = router.best(AGENT)?.life;
    router.told('a');
    router.originate(AGENT, { capabilities: ['weather'], communities: many });
    expect(router.told('a')).toMatchObject([{ withdrawn: [AGENT, '~weather'], proofs: [{ life }, {}] }]);
    expect(router.speaker.locRib.size).toBe(0);
    router.originate(AGENT, { capabilities: ['weather'] });
    expect(Object.keys(router.adjRibOut('a'))).toEqual([AGENT, '~weather']);
    expect(router.speaker.leftOut.size).toBe(0);
  });

  it('is forgotten when its server no longer has it, and is another one on another server', () => {
    const router = new Router();
    router.originate(AGENT, { communities: many });
    router.originate(AGENT, {}, { id: 'server1' });
    expect([...router.speaker.leftOut.values()]).toEqual([{ nlri: AGENT, stub: 'server0', excess }]);
    router.end(AGENT);
    expect(router.speaker.leftOut.size).toBe(0);
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'server1' });
  });
});

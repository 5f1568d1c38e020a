import { beforeEach, describe, expect, it } from 'vitest';
import type { PathAttributes } from '../../../../../src/core/bgp/packet/attributes.ts';
import { HealthPace, MIN_RETELLING_MS } from '../../../../../src/core/bgp/rib/health-pace.ts';
import { Interner } from '../../../../../src/core/bgp/rib/interner.ts';
import { baseAttributes } from '../support/route.ts';
import { Router } from '../support/router.ts';

const AGENT = 'weatherAgent';

let router: Router;

const meds = () => router.told('a').flatMap(({ attributes }) => attributes?.med ?? []);

beforeEach(() => {
  router = new Router();
  router.up('a', 65010, { holdTimeSeconds: 0 });
  router.originate(AGENT);
  meds();
});

describe('another MED of a route of our own', () => {
  it('is told at once where it has not been told for ten seconds, later else (RFC 4271 §9.2.1.2)', () => {
    router.originate(AGENT, { med: 50 });
    expect(meds()).toEqual([50]);
    router.wait(1_000);
    router.originate(AGENT, { med: 75 });
    router.originate(AGENT, { med: 100 });
    expect(router.best(AGENT)?.attributes.med).toBe(100);
    expect(meds()).toEqual([]);
    router.wait(MIN_RETELLING_MS - 1_001);
    expect(meds()).toEqual([]);
    router.wait(1);
    expect(meds()).toEqual([100]);
    router.wait(MIN_RETELLING_MS);
    router.originate(AGENT, { med: 0 });
    expect(meds()).toEqual([0]);
  });

  it('is not told at all when it is over before its time', () => {
    router.originate(AGENT, { med: 50 });
    router.originate(AGENT, { med: 75 });
    router.originate(AGENT, { med: 50 });
    router.wait(MIN_RETELLING_MS);
    expect(meds()).toEqual([50]);
  });

  it('is told at once together with anything else that is new', () => {
    router.originate(AGENT, { med: 50 });
    router.originate(AGENT, { med: 75, communities: ['no-weekend'] });
    expect(meds()).toEqual([50, 75]);
    router.originate(AGENT, { med: 100, capabilities: ['coding'], communities: ['no-weekend'] });
    expect(router.adjRibOut('a')[AGENT]?.med).toBe(100);
  });

  it('does not keep the end of the route back, nor its new beginning', () => {
    router.originate(AGENT, { med: 50 });
    router.originate(AGENT, { med: 75 });
    router.end(AGENT);
    expect(router.adjRibOut('a')).toEqual({});
    router.originate(AGENT, { med: 100 });
    expect(router.adjRibOut('a')[AGENT]?.med).toBe(100);
  });

  it('is told to who asks for all again, and to who is new (RFC 2918 §4)', () => {
    router.originate(AGENT, { med: 50 });
    router.originate(AGENT, { med: 75 });
    meds();
    router.receive('a', { type: 'route-refresh', family: 'agent' });
    expect(meds()).toEqual([75]);
    router.originate(AGENT, { med: 100 });
    router.lose('a');
    expect([...router.timers.values()].filter(({ timer }) => timer.kind === 'retell')).toEqual([]);
    router.up('a', 65010);
    expect(meds()).toContain(100);
  });

  it("waits for none where the route is a peer's: that one keeps the pace itself", () => {
    router.up('b', 65020, { holdTimeSeconds: 0 });
    for (const med of [25, 50, 75]) router.announce('b', 'theirs', { med });
    expect(meds()).toEqual([25, 50, 75]);
  });
});

describe('an attribute set that a peer may have to wait for', () => {
  const told: PathAttributes = { ...baseAttributes, communities: ['blue', 'performance:fast', 'red', 'server:a'] };

  function holds(change: Partial<PathAttributes>): boolean {
    const interner = new Interner();
    const pace = new HealthPace();
    pace.told(AGENT, 0);
    const next = structuredClone({ ...told, med: 75, ...change });
    return pace.holds(AGENT, interner.intern(told), interner.intern(next), 1);
  }

  it.each<Partial<PathAttributes>>([
    {},
    { originTime: 1 },
    { performance: { responseTimeMs: 1, successRate: 1 } },
    { communities: ['blue', 'performance:slow', 'red', 'server:b'] },
    { communities: ['as:65001', 'blue', 'internal', 'red'] },
    { communities: ['blue', 'red'] },
  ])('differs from the one that it was told in MED and %j', (change) => {
    expect(holds(change)).toBe(true);
  });

  it.each<Partial<PathAttributes>>([
    { asPath: [65002] },
    { nextHop: 'http://127.0.0.1:4222' },
    { localPref: 101 },
    { capabilities: ['coding'] },
    { originatorId: '10.0.0.9' },
    { clusterList: ['10.0.0.9'] },
    { aggregate: true },
    { unknown: { color: 'blue' } },
    { communities: ['blue', 'performance:fast', 'server:a'] },
    { communities: ['blue', 'green', 'performance:fast', 'red', 'server:a'] },
    { communities: ['blue', 'performance:fast', 'rot', 'server:a'] },
  ])('is sent at once where it differs in %j too', (change) => {
    expect(holds(change)).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import type { PeerSettings } from '../../../../../src/core/bgp/state/peer-settings.ts';
import type { SpeakerSettings } from '../../../../../src/core/bgp/state/state.ts';
import { policyOf, Router } from '../support/router.ts';

const AGENT = 'weatherAgent';

function hearing(settings: Partial<PeerSettings> & { asn?: number } = {}, own: Partial<SpeakerSettings> = {}): Router {
  const { asn = 65010, ...rest } = settings;
  const router = new Router({ policy: policyOf({ rest: { reservedCommunities: ['gold'] } }), ...own });
  router.up('a', asn, rest);
  return router;
}

describe('what a router takes from an external peer', () => {
  const told = {
    localPref: 900,
    nextHop: 'http://evil',
    originatorId: '9.9.9.9',
    clusterList: ['8.8.8.8'],
    communities: ['as:65001', 'gold', 'internal', 'region:eu', 'server:server0'],
  };

  it('is without what only our own AS may say (RFC 4271 §5.1.5, RFC 4456 §8, RFC 7454 §11)', () => {
    const router = hearing();
    router.announce('a', AGENT, told);
    const { attributes } = router.best(AGENT)!;
    expect(attributes).toMatchObject({ localPref: 100, communities: ['region:eu'] });
    expect(attributes).not.toHaveProperty('originatorId');
    expect(attributes).not.toHaveProperty('clusterList');
    expect(router.best(AGENT)?.received).toMatchObject(told);
  });

  it('leads to the URL that is configured for the peer, whatever the route claims', () => {
    const router = hearing();
    router.announce('a', AGENT, told);
    expect(router.best(AGENT)?.attributes.nextHop).toBe('http://a');
  });

  it('cannot be called where no URL is configured', () => {
    const router = hearing({ url: undefined });
    router.announce('a', AGENT, told);
    expect(router.heard('a', AGENT)?.ineligible).toEqual({ type: 'not-callable' });
  });
});

describe('what a router takes from an internal peer', () => {
  it('is what the peer said, but for the next hop (RFC 4271 §5.1.5, RFC 4456 §8)', () => {
    const router = hearing({ asn: 65000 });
    const said = { localPref: 900, communities: ['internal', 'server:server0'], originatorId: '9.9.9.9' };
    router.announce('a', AGENT, { ...said, nextHop: 'http://elsewhere', clusterList: ['8.8.8.8'] });
    expect(router.best(AGENT)?.attributes).toMatchObject({
      ...said,
      clusterList: ['8.8.8.8'],
      nextHop: 'http://a',
    });
  });
});

describe('a peer that names another next hop than itself (RFC 4271 §5.1.3)', () => {
  const heard = (url: string | undefined, said: string, allowNextHops: readonly string[]) => {
    const router = hearing({ url }, { allowNextHops });
    router.announce('a', AGENT, { nextHop: said });
    return router;
  };

  it.each([
    ['http://far', ['http://far'], 'http://far'],
    ['http://far/agents', ['http://other', 'http://far'], 'http://far/agents'],
    ['', ['http://far'], 'http://a'],
    ['http://far', [], 'http://a'],
    ['http://farther', ['http://far'], 'http://a'],
    ['http://far/../inside', ['http://far'], 'http://a'],
    ['http://far/agents?x=', ['http://far'], 'http://a'],
    ['http://far@inside', ['http://far'], 'http://a'],
    ['http://far/%2e%2e/inside', ['http://far'], 'http://a'],
  ])('%j where %j are allowed: %s is called', (said, allowed, nextHop) => {
    expect(heard('http://a', said, allowed).best(AGENT)?.attributes.nextHop).toBe(nextHop);
  });

  it('needs no URL of its own for that', () => {
    expect(heard(undefined, 'http://far', ['http://far']).best(AGENT)?.attributes.nextHop).toBe('http://far');
    expect(heard(undefined, 'http://far', []).heard('a', AGENT)?.ineligible).toEqual({ type: 'not-callable' });
  });
});

describe('the limits of a peer', () => {
  it.each([
    [[65010], true],
    [[65010, 65020], true],
    [[65010, 65030], false],
    [[65010, [65020]], true],
    [[65010, 65099, [65010, 65020]], true],
    [[65010, [65020, 65030]], false],
  ] as const)('allow an origin: %j: %s', (asPath, allowed) => {
    const router = hearing({ allowOrigins: [65010, 65020] });
    router.announce('a', AGENT, { asPath });
    const fault = allowed ? undefined : { type: 'not-allowed', limit: 'allowOrigins' };
    expect(router.heard('a', AGENT)?.ineligible).toEqual(fault);
  });

  it('allow ids of either family by glob', () => {
    const router = hearing({ allowAgents: ['weather*', 'coding/*'] });
    router.announce('a', [AGENT, 'payroll', '~coding/go', '~hr']);
    const kept = [...router.peer('a').adjRibIn.values()].map(({ nlri, ineligible }) => [nlri, ineligible]);
    const fault = { type: 'not-allowed', limit: 'allowAgents' };
    expect(kept).toEqual([
      [AGENT, undefined],
      ['payroll', fault],
      ['~coding/go', undefined],
      ['~hr', fault],
    ]);
  });
});

describe('a name that reads as qualified by a server or an AS', () => {
  const RESERVED = { type: 'reserved-name' };
  const named = () => hearing({}, { reservedNames: new Set(['cloud', 'as65010', 'a']) });

  it.each([
    'as65110:payroll',
    'AS65110:payroll',
    'aS0:x',
    'as99999999999:x',
    'server0:x',
    'Server12:x/y',
    'cloud:x',
    'CLOUD:x',
    'a:x',
    'A:b:c',
  ])('%s is not taken from a peer, as an agent or a capability', (id) => {
    const router = named();
    router.announce('a', [id, `~${id}`]);
    for (const nlri of [id, `~${id}`]) {
      expect(router.heard('a', nlri)?.ineligible).toEqual(RESERVED);
      expect(router.best(nlri)).toBeUndefined();
    }
  });

  it.each([
    'asx:y',
    'as:y',
    'server:y',
    'servers1:y',
    'as 1:y',
    ' as1:y',
    'clouds:x',
    'x/cloud:y',
    'urn:agent:7',
    'cloud',
  ])('%s does not, and is', (id) => {
    const router = named();
    router.announce('a', id);
    expect(router.best(id)).toBeDefined();
  });

  it('is one also under attributes that a good name came with, and under another policy', () => {
    const router = named();
    router.announce('a', ['good', 'cloud:x', 'better', 'as1:x']);
    router.event({ type: 'PolicyReplaced', policy: policyOf({ import: [{ set: { localPref: 7 } }] }) });
    const heard = [...router.peer('a').adjRibIn.values()].map(({ ineligible }) => ineligible);
    expect(heard).toEqual([undefined, RESERVED, undefined, RESERVED]);
  });

  it('may be that of an agent of our own', () => {
    const router = named();
    router.originate('cloud:x');
    router.originate('as65001:x');
    expect([router.best('cloud:x'), router.best('as65001:x')]).not.toContain(undefined);
  });
});

describe('import policy (RFC 4271 §9.1.1)', () => {
  it('may look at the name of each route of one message', () => {
    const statement = { match: { agentPrefixes: ['pay*'] }, action: 'reject' } as const;
    const router = new Router({ policy: policyOf({ import: [statement] }) });
    router.up('a', 65010);
    router.announce('a', ['payroll', 'weather', 'payday']);
    expect(['payroll', 'weather', 'payday'].map((nlri) => router.best(nlri) !== undefined)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('names the statement that denies', () => {
    const router = new Router({ policy: policyOf({ import: [{ name: 'no one', action: 'reject' }] }) });
    router.up('a', 65010);
    router.announce('a', AGENT);
    router.originate('own');
    const denied = { type: 'denied', place: 'import[0]', name: 'no one' };
    expect(router.heard('a', AGENT)?.ineligible).toEqual(denied);
    expect(router.speaker.stubs.get('server0')?.adjRibIn.get('own')?.ineligible).toEqual(denied);
  });

  it('of a peer takes the place of the common one', () => {
    const router = new Router({ policy: policyOf({ import: [{ action: 'reject' }] }) });
    router.up('a', 65010, { policy: policyOf({ import: [{ set: { localPref: 300, weight: 5 } }] }) });
    router.announce('a', AGENT);
    expect(router.best(AGENT)).toMatchObject({ attributes: { localPref: 300 }, weight: 5 });
  });

  it('sets the weight of a stub unless the stub has its own', () => {
    const router = new Router();
    router.originate(AGENT, {}, { weight: 7 });
    expect(router.best(AGENT)?.weight).toBe(7);
    router.event({ type: 'PolicyReplaced', policy: policyOf({ import: [{ set: { weight: 3 } }] }) });
    expect(router.best(AGENT)?.weight).toBe(3);
  });

  it('cannot prefer a route that is about to go (RFC 8326 §4.1)', () => {
    const router = new Router({ policy: policyOf({ import: [{ set: { localPref: 500 } }] }) });
    router.up('a', 65010);
    router.up('b', 65020);
    router.announce('a', AGENT, { communities: ['graceful-shutdown'] });
    router.announce('b', AGENT, { asPath: [65020, 65021, 65022] });
    expect(router.heard('a', AGENT)?.attributes.localPref).toBe(0);
    expect(router.best(AGENT)?.source).toMatchObject({ id: 'b' });
  });
});

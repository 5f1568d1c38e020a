import { describe, expect, it } from 'vitest';
import { MAX_AGENTS_BEHIND } from '../../../../../src/core/bgp/update/agents-behind.ts';
import { callRoutes, denial, type Asking } from '../../../../../src/core/bgp/lookup.ts';
import type { PeerSettings } from '../../../../../src/core/bgp/state/peer-settings.ts';
import { stubOf } from '../support/network.ts';
import { policyOf, Router } from '../support/router.ts';

const PATH = 'finance/payroll';
const ASKED: Asking = { from: undefined, crossed: [], required: [], path: PATH };

function routerWith(a: Partial<PeerSettings> = {}, policy = policyOf({}), reserved: readonly string[] = []): Router {
  const router = new Router({ policy, reservedNames: new Set(reserved) });
  router.up('a', 65010, a);
  router.up('b', 65020);
  return router;
}

function names(router: Router, nlri: string, asking: Partial<Asking> = {}): string[] {
  return callRoutes(router.speaker, nlri, { ...ASKED, ...asking }).map((route) => route.nlri);
}

describe('a call of a capability leaves the choice to a peer only where it may choose any agent, and', () => {
  it('is denied where a limit of the peer could be against an agent of which it has told nothing', () => {
    const limited = routerWith({ allowAgents: ['finance/*'] });
    limited.announce('a', `~${PATH}`);
    expect(names(limited, `~${PATH}`)).toEqual([]);
    expect(denial(limited.speaker, `~${PATH}`, ASKED)?.place).toBe('allowAgents');
    const unlimited = routerWith({ allowAgents: ['*'] });
    unlimited.announce('a', `~${PATH}`);
    expect(names(unlimited, `~${PATH}`)).toEqual([`~${PATH}`]);
  });

  it('is denied behind an aggregate of a peer that may tell only of some ASes', () => {
    const router = routerWith({ allowOrigins: [65099] });
    router.announce('a', '~finance', { aggregate: true, asPath: [65010, [65099]] });
    expect(names(router, '~finance')).toEqual([]);
    expect(denial(router.speaker, '~finance', ASKED)?.place).toBe('allowOrigins');
  });

  it('goes to another agent where the peer has one under a name that is malformed here', () => {
    const router = routerWith({}, policyOf({}), ['b']);
    router.announce('a', `~${PATH}`);
    router.announce('a', 'b:payroll', { capabilities: [PATH], communities: ['no-export'] });
    router.announce('a', 'clerk', { capabilities: [PATH] });
    expect(names(router, `~${PATH}`, { from: 'b' })).toEqual(['clerk']);
  });

  it('is left to a peer that has only an agent under a name that is malformed here, and is carried for nobody', () => {
    const router = routerWith({}, policyOf({}), ['b']);
    router.announce('a', 'b:payroll', { capabilities: [PATH] });
    router.announce('a', `~${PATH}`);
    expect(names(router, `~${PATH}`)).toEqual([`~${PATH}`]);
    expect(names(router, `~${PATH}`, { from: 'b' })).toEqual([]);
    expect(router.adjRibOut('b')).toEqual({});
  });

  it('goes to another agent where the peer could choose one of another AS', () => {
    const router = routerWith();
    router.announce('a', `~${PATH}`, { asPath: [65010, 65099] });
    router.announce('a', 'clerk', { capabilities: [PATH], asPath: [65010, 65099] });
    expect(names(router, `~${PATH}`, { from: 'b' })).toEqual([`~${PATH}`]);
    router.announce('a', 'payroll', { capabilities: [PATH], communities: ['no-export'] });
    expect(names(router, `~${PATH}`, { from: 'b' })).toEqual(['clerk']);
  });

  it('goes to agents by name where there are more than can be looked at', () => {
    const router = routerWith();
    const agents = Array.from({ length: MAX_AGENTS_BEHIND }, (_, at) => `clerk${at}`);
    router.announce('a', `~${PATH}`);
    router.announce('a', agents, { capabilities: [PATH] });
    expect(names(router, `~${PATH}`)).toEqual([`~${PATH}`]);
    router.announce('a', 'payroll', { capabilities: [PATH] });
    expect(names(router, `~${PATH}`)).toHaveLength(MAX_AGENTS_BEHIND);
    expect(names(router, `~${PATH}`)).not.toContain(`~${PATH}`);
  });

  it('is denied where only the longer path that is asked for would make policy accept the agent', () => {
    const accept = { match: { capabilities: [PATH] }, action: 'accept' } as const;
    const general = { match: { families: ['capability'] }, action: 'accept' } as const;
    const policy = policyOf({ import: [accept, general] });
    const router = routerWith({}, { ...policy, import: { ...policy.import, otherwise: 'reject' } });
    router.announce('a', '~finance');
    expect(names(router, '~finance')).toEqual([]);
    expect(denial(router.speaker, '~finance', ASKED)?.place).toBe('import.default');
  });
});

describe('a peer that is asked for more than its route says', () => {
  it('follows the closest capability that it has told of, so that what forbids that one forbids the call', () => {
    const reject = { match: { agentPrefixes: [PATH] }, action: 'reject' } as const;
    const denied = routerWith({}, policyOf({ import: [reject] }));
    const limited = routerWith({ allowOrigins: [65099] });
    for (const router of [denied, limited]) {
      router.announce('a', '~finance', { asPath: [65010, 65099] });
      router.announce('a', 'clerk', { asPath: [65010, 65099], capabilities: ['finance'] });
      expect(names(router, '~finance', { path: `${PATH}/eu` })).not.toEqual([]);
      router.announce('a', `~${PATH}`);
      expect(names(router, '~finance', { path: `${PATH}/eu` })).toEqual([]);
    }
    const asking = { ...ASKED, path: `${PATH}/eu` };
    expect(denial(denied.speaker, '~finance', asking)?.place).toBe('import[0]');
    expect(denial(limited.speaker, '~finance', asking)?.place).toBe('allowOrigins');
  });
});

describe('a call that a peer makes', () => {
  it('stays with the service that the peer was told of', () => {
    const router = routerWith();
    router.up('c', 65030);
    router.announce('a', 'clerk', { asPath: [65010, 65099] });
    router.announce('b', 'clerk', { asPath: [65020, 65021, 65098] });
    const crossed = [{ asn: 65010, routerId: '10.1.0.1' }];
    expect(names(router, 'clerk', { from: 'c' })).toEqual(['clerk']);
    expect(names(router, 'clerk', { from: 'c', crossed })).toEqual([]);
    router.announce('b', 'clerk', { asPath: [65020, 65021, 65099] });
    expect(names(router, 'clerk', { from: 'c', crossed })).toEqual(['clerk']);
  });
});

describe('a capability', () => {
  it('is not told to a peer that may not be told of the agents behind it', () => {
    const router = routerWith();
    router.originate('as65020:clerk', { capabilities: ['writing'] });
    router.announce('a', '~finance', { asPath: [65010, 65099] });
    router.announce('a', 'payroll', { asPath: [65010, 65020, 65099], capabilities: ['finance'] });
    expect(router.adjRibOut('b')).toEqual({});
    router.announce('a', 'clerk', { asPath: [65010, 65099], capabilities: ['finance'] });
    expect(Object.keys(router.adjRibOut('b'))).toEqual(['clerk', '~finance']);
  });

  it('is told only where calls of it are carried', () => {
    const router = routerWith();
    router.announce('a', `~${PATH}`, { asPath: [65010, 65099] });
    expect(Object.keys(router.adjRibOut('b'))).toEqual([`~${PATH}`]);
    router.announce('a', 'payroll', { asPath: [65010, 65098], capabilities: [PATH], communities: ['no-export'] });
    expect(router.adjRibOut('b')).toEqual({});
    expect(names(router, `~${PATH}`, { from: 'b' })).toEqual([]);
  });
});

describe('an own agent whose id reads as qualified', () => {
  it('is kept back, and another one that is described alike is not', () => {
    const described = {
      label: { name: '', description: '' },
      capabilities: [],
      communities: [],
      med: 0,
      originTime: 1,
    };
    for (const ids of [
      ['as65099:clerk', 'clerk'],
      ['clerk', 'as65099:clerk'],
    ]) {
      const router = new Router();
      const agents = ids.map((agent) => ({ ...described, agent }));
      router.event({ type: 'RoutesOriginated', stub: stubOf(), agents, draws: [] });
      router.up('b', 65020);
      expect(Object.keys(router.adjRibOut('b'))).toEqual(['clerk']);
    }
  });
});

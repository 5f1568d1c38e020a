import { describe, expect, it } from 'vitest';
import { MAX_AGENTS_BEHIND } from '../../../../src/core/bgp/update/agents-behind.ts';
import { askedPath, callRoutes, denial, type Asking } from '../../../../src/core/bgp/lookup.ts';
import type { PeerSettings } from '../../../../src/core/bgp/state/peer-settings.ts';
import type { Policy } from '../../../../src/core/bgp/policy/policy.ts';
import { policyOf, Router } from './support/router.ts';

const AGENT = 'weatherAgent';
const HERE: Asking = { from: undefined, crossed: [], required: [] };

function names(router: Router, nlri: string, asking: Partial<Asking> = {}): string[] {
  return callRoutes(router.speaker, nlri, { ...HERE, ...asking }).map(({ source, nlri: asked }) =>
    source.kind === 'self' ? 'self' : `${source.id}/${asked}`,
  );
}

describe('a call of a capability by a route to a shorter one', () => {
  const go = { match: { capabilities: ['coding/go'] }, action: 'reject' } as const;
  const named = { match: { agentPrefixes: ['coding', AGENT] } };

  /** How policy denies a call of a capability by the route of `a` to a shorter one. */
  function denialOf(policy: Policy, path: string, from?: string, own?: Policy) {
    const router = new Router({ policy });
    router.up('a', 65010, { policy: own });
    router.up('b', 65020);
    router.announce('a', '~coding');
    router.announce('a', 'coder', { capabilities: ['coding'] });
    const asking = { ...HERE, from, path };
    const taken = names(router, '~coding', asking);
    const place = denial(router.speaker, '~coding', asking)?.place;
    expect(taken.length === 0).toBe(place !== undefined);
    return place ?? taken;
  }

  it('is denied what a statement of import policy denies, as its own route would be', () => {
    const policy = policyOf({ import: [go] });
    expect(denialOf(policy, 'coding/go')).toBe('import[0]');
    expect(denialOf(policy, 'coding/go/web')).toBe('import[0]');
    expect(denialOf(policy, 'coding/rust')).toEqual(['a/coder']);
    expect(denialOf(policyOf({}), 'coding/go', undefined, policy)).toBe('import[0]');
    expect(denialOf(policy, 'coding/go', undefined, policyOf({}))).toEqual(['a/~coding']);
  });

  it('is denied to a peer what a statement of export policy denies', () => {
    const policy = policyOf({ export: [go] });
    expect(denialOf(policy, 'coding/go', 'b')).toBe('export[0]');
    expect(denialOf(policy, 'coding/go')).toEqual(['a/~coding']);
  });

  it('is not denied what no statement names: that passed with the route', () => {
    const policy = policyOf({ import: [named, { match: { agentPrefixes: ['coder'] } }] });
    const chain = { ...policy, import: { ...policy.import, otherwise: 'reject' } } as const;
    expect(denialOf(chain, 'coding/go')).toEqual(['a/coder']);
  });
});

describe('a call of a capability is a call of an agent, and', () => {
  const PATH = 'finance/payroll';
  const asked = { path: PATH };

  function known(policy: Policy, peers: Partial<PeerSettings> = {}): Router {
    const router = new Router({ policy });
    router.up('a', 65010, peers);
    router.up('b', 65020);
    router.announce('a', `~${PATH}`, { capabilities: [PATH] });
    router.announce('a', 'payroll', { capabilities: [PATH], communities: ['secret'] });
    router.announce('a', 'bookkeeper', { capabilities: [PATH] });
    return router;
  }

  it('is left to the peer where nothing here could be against any of its agents', () => {
    for (const router of [known(policyOf({})), known(policyOf({ import: [{ set: { localPref: 7 } }] }))]) {
      expect(names(router, `~${PATH}`, asked)).toEqual([`a/~${PATH}`]);
      expect(names(router, `~${PATH}`, { ...asked, from: 'b' })).toEqual([`a/~${PATH}`]);
    }
  });

  it.each([
    ['by id', { match: { agentPrefixes: ['payroll'] }, action: 'reject' }],
    ['by glob', { match: { agentPrefixes: ['pay*'] }, action: 'reject' }],
    ['by community', { match: { communities: ['secret'] }, action: 'reject' }],
    [
      'by family and peer',
      { match: { families: ['agent'], peers: ['a'], agentPrefixes: ['payroll'] }, action: 'reject' },
    ],
  ] as const)('goes to no agent that import policy denies %s', (_, statement) => {
    expect(names(known(policyOf({ import: [statement] })), `~${PATH}`, asked)).toEqual(['a/bookkeeper']);
    const both = [statement, { match: { agentPrefixes: ['bookkeeper'] }, action: 'reject' }] as const;
    const router = known(policyOf({ import: both }));
    expect(names(router, `~${PATH}`, asked)).toEqual([]);
    expect(denial(router.speaker, `~${PATH}`, { ...HERE, ...asked })?.place).toBe('import[0]');
  });

  it('goes to no agent for a peer that export policy denies it, and to any for others', () => {
    const router = known(
      policyOf({ export: [{ match: { agentPrefixes: ['payroll'], peers: ['b'] }, action: 'reject' }] }),
    );
    expect(names(router, `~${PATH}`, { ...asked, from: 'b' })).toEqual(['a/bookkeeper']);
    expect(names(router, `~${PATH}`, asked)).toEqual([`a/~${PATH}`]);
  });

  it('goes to no agent for an external peer that carries no-export (RFC 1997 §2)', () => {
    const router = known(policyOf({}));
    router.announce('a', 'payroll', { capabilities: [PATH], communities: ['no-export'] });
    expect(names(router, `~${PATH}`, { ...asked, from: 'b' })).toEqual(['a/bookkeeper']);
  });

  it('goes only to agents that the peer may send', () => {
    const router = known(policyOf({}), { allowAgents: ['finance/*', 'bookkeeper'] });
    expect(names(router, `~${PATH}`, asked)).toEqual(['a/bookkeeper']);
    router.withdraw('a', 'bookkeeper');
    expect(names(router, `~${PATH}`, asked)).toEqual([]);
    expect(denial(router.speaker, `~${PATH}`, { ...HERE, ...asked })?.place).toBe('allowAgents');
    router.withdraw('a', 'payroll');
    expect(names(router, `~${PATH}`, asked)).toEqual([]);
    expect(denial(router.speaker, `~${PATH}`, { ...HERE, ...asked })?.place).toBe('allowAgents');
    expect(names(known(policyOf({}), { allowAgents: ['x', '**'] }), `~${PATH}`, asked)).toEqual([`a/~${PATH}`]);
  });

  it('is denied only by what policy has against agents that can do what is required', () => {
    const router = known(policyOf({ import: [{ match: { agentPrefixes: ['payroll'] }, action: 'reject' }] }));
    router.withdraw('a', 'bookkeeper');
    router.announce('a', 'payroll', { capabilities: [PATH, 'english'] });
    const place = (required: readonly string[]) =>
      denial(router.speaker, `~${PATH}`, { ...HERE, ...asked, required })?.place;
    expect([place([]), place(['english']), place(['cooking'])]).toEqual(['import[0]', 'import[0]', undefined]);
  });

  it('finds the one agent that policy accepts, however many it denies', () => {
    const router = new Router({
      policy: policyOf({ import: [{ match: { agentPrefixes: ['no-*'] }, action: 'reject' }] }),
    });
    router.up('a', 65010);
    const many = Array.from({ length: 2 * MAX_AGENTS_BEHIND }, (_, at) => `no-${at}`);
    router.announce('a', [`~${PATH}`, ...many, 'yes'], { capabilities: [PATH] });
    expect(names(router, `~${PATH}`, asked)).toEqual(['a/yes']);
  });

  it('is not left to the peer on behalf of another one where not all agents were looked at (RFC 1997 §2)', () => {
    const router = new Router();
    router.up('a', 65000);
    router.up('b', 65020);
    const many = Array.from({ length: MAX_AGENTS_BEHIND }, (_, at) => `agent-${at}`);
    router.announce('a', [`~${PATH}`, ...many], { capabilities: [PATH] });
    router.announce('a', 'inside', { capabilities: [PATH], communities: ['no-export'] });
    expect(names(router, `~${PATH}`, asked)).toHaveLength(MAX_AGENTS_BEHIND);
    const forB = names(router, `~${PATH}`, { ...asked, from: 'b' });
    expect(forB).toHaveLength(MAX_AGENTS_BEHIND);
    expect(forB).not.toContain('a/inside');
  });

  it('is denied where policy could be against an agent of which the peer has told nothing', () => {
    const reject = { match: { agentPrefixes: ['payroll'] }, action: 'reject' } as const;
    const router = new Router({ policy: policyOf({ import: [reject] }) });
    router.up('a', 65010);
    router.announce('a', '~finance', { aggregate: true });
    expect(names(router, '~finance', asked)).toEqual([]);
    expect(denial(router.speaker, '~finance', { ...HERE, ...asked })?.place).toBe('import[0]');
    router.announce('a', 'clerk', { capabilities: [PATH] });
    expect(names(router, '~finance', asked)).toEqual(['a/clerk']);
  });

  it('is accepted unseen for the capability that the route leads to, not for the longer one that is asked for', () => {
    const statements = [
      { match: { families: ['capability'] }, action: 'accept' },
      { match: { capabilities: [PATH] }, action: 'accept' },
    ] as const;
    const { import: chain, ...rest } = policyOf({ import: statements });
    const router = new Router({ policy: { ...rest, import: { ...chain, otherwise: 'reject' } } });
    router.up('a', 65010);
    router.announce('a', ['~finance', `~${PATH}/eu`]);
    expect(names(router, '~finance', asked)).toEqual([]);
    expect(denial(router.speaker, '~finance', { ...HERE, ...asked })?.place).toBe('import.default');
    expect(names(router, `~${PATH}/eu`, { path: `${PATH}/eu/de` })).toEqual([`a/~${PATH}/eu`]);
  });

  it('goes to another peer where policy is against all agents of the better one', () => {
    const router = known(
      policyOf({ import: [{ match: { agentPrefixes: ['payroll', 'bookkeeper'] }, action: 'reject' }] }),
    );
    router.announce('b', `~${PATH}`, { asPath: [65020, 65021] });
    router.announce('b', 'clerk', { asPath: [65020, 65021], capabilities: [PATH] });
    expect(names(router, `~${PATH}`, asked)).toEqual(['b/clerk']);
  });

  it('follows the agent with the closest capability below an aggregate', () => {
    const router = new Router({
      policy: policyOf({ import: [{ match: { agentPrefixes: ['nobody'] }, action: 'reject' }] }),
    });
    router.up('a', 65010);
    router.announce('a', '~finance', { aggregate: true });
    router.announce('a', 'general', { capabilities: ['finance'] });
    router.announce('a', 'clerk', { capabilities: [PATH] });
    expect(names(router, '~finance', { path: `${PATH}/eu` })).toEqual(['a/clerk']);
    expect(names(router, '~finance', { path: 'finance/tax' })).toEqual(['a/general']);
    router.withdraw('a', 'clerk');
    expect(names(router, '~finance', { path: `${PATH}/eu` })).toEqual(['a/general']);
  });
});

describe('a call of a capability by a route to a shorter one goes on', () => {
  const asked = { path: 'finance/payroll/eu' };

  function askedOf(router: Router, nlri: string): string | undefined {
    const [route] = callRoutes(router.speaker, nlri, { ...HERE, ...asked });
    return route && askedPath(route, asked.path);
  }

  it('as a call of the shorter one, because the next router may know a closer one that it has not told of', () => {
    const router = new Router({ policy: policyOf({}) });
    router.up('a', 65010);
    router.announce('a', '~finance/payroll');
    expect(askedOf(router, '~finance/payroll')).toBe('finance/payroll');
  });

  it('as a call of the whole path where the route is an aggregate, which does not say what it stands for', () => {
    const router = new Router({ policy: policyOf({}) });
    router.up('a', 65010);
    router.announce('a', '~finance', { aggregate: true });
    expect(askedOf(router, '~finance')).toBe(asked.path);
  });

  it('only where policy accepts the whole path', () => {
    const reject = { match: { capabilities: [asked.path] }, action: 'reject' } as const;
    const router = new Router({ policy: policyOf({ import: [reject] }) });
    router.up('a', 65010);
    router.announce('a', '~finance/payroll');
    expect(names(router, '~finance/payroll', asked)).toEqual([]);
  });
});

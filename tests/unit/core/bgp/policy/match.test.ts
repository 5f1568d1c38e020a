import { describe, expect, it } from 'vitest';
import type { PathAttributes } from '../../../../../src/core/bgp/packet/attributes.ts';
import { compileMatch, coversCapability } from '../../../../../src/core/bgp/policy/match.ts';
import type { Match, PolicyContext, Statement } from '../../../../../src/core/bgp/policy/policy.ts';
import { ATTRIBUTES, CONTEXT, statement } from './fixtures.ts';

interface Given {
  readonly attributes?: Partial<PathAttributes>;
  readonly context?: Partial<PolicyContext>;
  readonly action?: Statement['action'];
}

function matches(match: Match, { attributes, context, action = 'accept' }: Given = {}): boolean {
  return compileMatch(statement({ match, action }))({ ...ATTRIBUTES, ...attributes }, { ...CONTEXT, ...context });
}

describe('compileMatch', () => {
  it('catches every route with an empty match', () => {
    expect(matches({})).toBe(true);
  });

  it('wants every condition to hold', () => {
    expect(matches({ communities: ['exported'], agentPrefixes: ['dev-*'] })).toBe(true);
    expect(matches({ communities: ['exported'], agentPrefixes: ['local-*'] })).toBe(false);
    expect(matches({ communities: ['internal'], agentPrefixes: ['dev-*'] })).toBe(false);
  });

  const rows: [what: string, match: Match, given: Given, expected: boolean][] = [
    ['asPath: all on the path', { asPathAll: [65003, 65002] }, {}, true],
    ['asPath: one missing', { asPathAll: [65002, 65009] }, {}, false],
    [
      'asPath: a member of an AS_SET is on the path',
      { asPathAll: [65004] },
      { attributes: { asPath: [65002, [65003, 65004]] } },
      true,
    ],
    ['asPath: an empty path holds nothing', { asPathAll: [65002] }, { attributes: { asPath: [] } }, false],
    ['from: the origin is the rightmost AS', { originFrom: [65003] }, {}, true],
    ['from: the nearest AS is not the origin', { originFrom: [65002] }, {}, false],
    ['from: an AS on the way is not the origin', { originFrom: [2] }, { attributes: { asPath: [1, 2, 3] } }, false],
    ['from: the origin of a long way', { originFrom: [4] }, { attributes: { asPath: [1, 2, 3, 4] } }, true],
    ['from: one of several', { originFrom: [65009, 65003] }, {}, true],
    ['from: a route of our own has no origin AS', { originFrom: [65003] }, { attributes: { asPath: [] } }, false],
    ['notFrom: the origin is another', { originNotFrom: [65002] }, {}, true],
    ['notFrom: the origin is listed', { originNotFrom: [65002, 65003] }, {}, false],
    ['notFrom: a route of our own is from none', { originNotFrom: [65003] }, { attributes: { asPath: [] } }, true],
    ['from and notFrom: both must hold', { originFrom: [65003], originNotFrom: [65003] }, {}, false],
    ['from and notFrom: both hold', { originFrom: [65003], originNotFrom: [65002] }, {}, true],
    ['capabilities: all there', { capabilities: ['testing', 'coding/typescript'] }, {}, true],
    ['capabilities: one missing', { capabilities: ['testing', 'debugging'] }, {}, false],
    ['capabilities: a wider one is had by what lies below', { capabilities: ['coding'] }, {}, true],
    ['capabilities: a narrower one is not had by what lies above', { capabilities: ['testing/unit'] }, {}, false],
    ['capabilities: a segment is not a piece of text', { capabilities: ['cod'] }, {}, false],
    ['capabilities: an agent id is no capability', { capabilities: ['debug'] }, { context: { nlri: 'debug' } }, false],
    [
      'capabilities: a capability route has the one that it leads to, whatever it says of itself',
      { capabilities: ['debugging'] },
      { attributes: { capabilities: [] }, context: { nlri: '~debugging/node' } },
      true,
    ],
    ['communities: any', { communities: ['internal', 'region:eu'] }, {}, true],
    ['communities: none', { communities: ['internal', 'region'] }, {}, false],
    ['agentPrefixes: a glob', { agentPrefixes: ['local-*', 'dev-*'] }, {}, true],
    ['agentPrefixes: no glob', { agentPrefixes: ['local-*', 'coder'] }, {}, false],
    ['agentPrefixes: an exact id', { agentPrefixes: ['dev-coder'] }, {}, true],
    ['agentPrefixes: an id is not a prefix unless it says so', { agentPrefixes: ['dev-'] }, {}, false],
    ['agentPrefixes: `*` crosses `/`', { agentPrefixes: ['dev-*'] }, { context: { nlri: 'dev-a/b' } }, true],
    [
      'agentPrefixes: a capability path without its mark',
      { agentPrefixes: ['coding/*'] },
      { context: { nlri: '~coding/go' } },
      true,
    ],
    ['peers: by ASN', { peers: [65009, 65002] }, {}, true],
    ['peers: by name', { peers: ['partner'] }, {}, true],
    ['peers: another', { peers: [65009, 'server0'] }, {}, false],
    ['peers: a name is not an ASN', { peers: ['65002'] }, {}, false],
    ['families: agent', { families: ['agent'] }, {}, true],
    ['families: capability', { families: ['capability'] }, { context: { nlri: '~coding' } }, true],
    ['families: the other one', { families: ['capability'] }, {}, false],
  ];

  it.each(rows)('%s', (_what, match, given, expected) => {
    expect(matches(match, given)).toBe(expected);
  });

  const measured = { performance: { responseTimeMs: 200, successRate: 0.9 } };
  it.each<[Match['performance'], boolean]>([
    [{ maxResponseTimeMs: 200 }, true],
    [{ maxResponseTimeMs: 199 }, false],
    [{ minSuccessRate: 0.9 }, true],
    [{ minSuccessRate: 0.91 }, false],
    [{ maxResponseTimeMs: 200, minSuccessRate: 0.9 }, true],
    [{ maxResponseTimeMs: 0, minSuccessRate: 0.9 }, false],
    [{ maxResponseTimeMs: 200, minSuccessRate: 1 }, false],
  ])('performance %j of an agent with 200 ms and 90 %%: %s', (performance, expected) => {
    expect(matches({ performance: performance! }, { attributes: measured })).toBe(expected);
  });

  it('does not take an unmeasured route for a good one', () => {
    expect(matches({ performance: { maxResponseTimeMs: 1e9 } })).toBe(false);
    expect(matches({ performance: { minSuccessRate: 0 } })).toBe(false);
  });

  describe('with an AS_SET at the origin', () => {
    const attributes = { asPath: [65002, [65003, 65004]] };

    it('rejects when one member would be rejected', () => {
      expect(matches({ originFrom: [65004] }, { attributes, action: 'reject' })).toBe(true);
      expect(matches({ originNotFrom: [65004] }, { attributes, action: 'reject' })).toBe(true);
      expect(matches({ originFrom: [65009] }, { attributes, action: 'reject' })).toBe(false);
      expect(matches({ originNotFrom: [65003, 65004] }, { attributes, action: 'reject' })).toBe(false);
    });

    it.each(['accept', 'modify'] as const)('says %s only when it would of all members', (action) => {
      expect(matches({ originFrom: [65004] }, { attributes, action })).toBe(false);
      expect(matches({ originFrom: [65003, 65004] }, { attributes, action })).toBe(true);
      expect(matches({ originNotFrom: [65004] }, { attributes, action })).toBe(false);
      expect(matches({ originNotFrom: [65009] }, { attributes, action })).toBe(true);
    });
  });
});

describe('coversCapability', () => {
  it.each([
    ['coding', 'coding', true],
    ['coding', 'coding/typescript', true],
    ['coding/typescript', 'coding', false],
    ['coding', 'codings', false],
    ['coding', 'testing', false],
  ])('%s over %s: %s', (wanted, path, expected) => {
    expect(coversCapability(wanted, path)).toBe(expected);
  });
});

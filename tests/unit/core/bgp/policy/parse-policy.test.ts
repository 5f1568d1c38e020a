import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../../../../src/core/bgp/policy/parse-policy.ts';
import { ACCEPT_ALL, DEFAULT_DECISION, type Policy } from '../../../../../src/core/bgp/policy/policy.ts';

function policyOf(file: unknown): Policy {
  const result = parsePolicy(file);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

/** The problems of a file, each as its place and message in one line, in the order of their places. */
function problemsOf(file: unknown): string[] {
  const result = parsePolicy(file);
  if (result.ok) throw new Error('expected problems');
  return result.problems.map(({ path, message }) => `${path.join('.')} | ${message}`).sort();
}

const inMatch = (match: unknown) => ({ import: [{ match, action: { action: 'accept' } }] });
const inAction = (action: unknown) => ({ export: [{ match: {}, action }] });

describe('parsePolicy', () => {
  it('takes an empty file for the policy that accepts all, as each part may be left out', () => {
    expect(policyOf({})).toEqual(ACCEPT_ALL);
  });

  it('translates every key into native words', () => {
    const policy = policyOf({
      import: [
        {
          name: 'everything',
          match: {
            asPath: [65001, 65002],
            capabilities: ['coding/*', 'testing'],
            communities: ['internal'],
            agentPrefixes: ['dev-*'],
            performance: { maxResponseTimeMs: 500, minSuccessRate: 0.9 },
            peers: [65001, 'server0'],
            families: ['agent', 'capability'],
          },
          action: {
            action: 'modify',
            setLocalPref: 0,
            setMED: 0,
            setCommunities: ['a'],
            removeCommunities: ['b'],
            setWeight: 0.5,
            prependCount: 16,
            continue: true,
          },
        },
        { match: {}, action: { action: 'reject' } },
      ],
      export: [
        {
          match: { asPath: { from: [65001], notFrom: [65002] } },
          action: { action: 'accept', prepend: 1, continue: false },
        },
      ],
      default: 'reject',
      decision: ['as-path', 'med'],
      compareMed: 'same-neighbor',
      reservedCommunities: ['secret'],
      groups: [[65001, 65002]],
    });
    expect(policy).toStrictEqual({
      import: {
        direction: 'import',
        otherwise: 'reject',
        statements: [
          {
            name: 'everything',
            match: {
              asPathAll: [65001, 65002],
              capabilities: ['coding', 'testing'],
              communities: ['internal'],
              agentPrefixes: ['dev-*'],
              performance: { maxResponseTimeMs: 500, minSuccessRate: 0.9 },
              peers: [65001, 'server0'],
              families: ['agent', 'capability'],
            },
            action: 'modify',
            set: {
              localPref: 0,
              med: 0,
              addCommunities: ['a'],
              removeCommunities: ['b'],
              weight: 0.5,
              prependCount: 16,
            },
            continue: true,
          },
          { name: undefined, match: {}, action: 'reject', set: {}, continue: false },
        ],
      },
      export: {
        direction: 'export',
        otherwise: 'reject',
        statements: [
          {
            name: undefined,
            match: { originFrom: [65001], originNotFrom: [65002] },
            action: 'accept',
            set: { prependCount: 1 },
            continue: false,
          },
        ],
      },
      decision: ['as-path', 'med', 'originator-id', 'cluster-list', 'peer-address'],
      compareMed: 'same-neighbor',
      reservedCommunities: ['secret'],
      groups: [[65001, 65002]],
    });
  });

  it.each([
    ['accept', 'accept', 'accept'],
    ['reject', 'reject', 'reject'],
    [{ import: 'reject' }, 'reject', 'accept'],
    [{ export: 'reject' }, 'accept', 'reject'],
    [{ import: 'accept', export: 'reject' }, 'accept', 'reject'],
    [{}, 'accept', 'accept'],
  ])('default %j: import %s, export %s (RFC 8212 §2)', (otherwise, forImport, forExport) => {
    const policy = policyOf({ default: otherwise });
    expect([policy.import.otherwise, policy.export.otherwise]).toEqual([forImport, forExport]);
  });

  it('keeps the bounds of numbers, zero among them', () => {
    const { set } = policyOf(
      inAction({ action: 'accept', setLocalPref: 4_294_967_295, setMED: 999, setWeight: 65_535, prependCount: 1 }),
    ).export.statements[0]!;
    expect(set).toEqual({ localPref: 4_294_967_295, med: 999, weight: 65_535, prependCount: 1 });
    const { match } = policyOf(inMatch({ performance: { maxResponseTimeMs: 0, minSuccessRate: 1 } })).import
      .statements[0]!;
    expect(match.performance).toEqual({ maxResponseTimeMs: 0, minSuccessRate: 1 });
    expect(policyOf(inMatch({ performance: { minSuccessRate: 0 } })).import.statements).toHaveLength(1);
  });

  it('takes keys that begin with _ for comments, everywhere and with any value', () => {
    const commented = {
      _description: 'of the file',
      import: [
        {
          _why: { any: ['thing'] },
          match: { _: 1, asPath: { _from: 2, from: [1] }, performance: { _x: null, minSuccessRate: 1 } },
          action: { _note: 'x', action: 'accept' },
        },
      ],
      default: { _: 0, import: 'reject' },
    };
    expect(policyOf(commented)).toEqual(
      policyOf({
        import: [
          { match: { asPath: { from: [1] }, performance: { minSuccessRate: 1 } }, action: { action: 'accept' } },
        ],
        default: { import: 'reject' },
      }),
    );
  });

  it('does not take a comment for content', () => {
    expect(problemsOf({ import: [{ _match: {}, match: {}, _action: { action: 'accept' } }] })).toEqual([
      expect.stringMatching(/^import\.0\.action \| missing: must be an object of action, setLocalPref/),
    ]);
  });

  it.each([null, [], 'accept', 7, true, undefined])('refuses a file that is %j', (file) => {
    expect(problemsOf(file)).toEqual([
      expect.stringMatching(/^ \| .*: must be an object of import, export, default, decision, compareMed, reserved/),
    ]);
  });

  describe('wants of a match', () => {
    it.each<[unknown, string]>([
      [{ asPath: [0] }, 'asPath.0 | 0: must be an AS number from 1 to 4294967294'],
      [{ asPath: [4_294_967_295] }, 'asPath.0 | 4294967295: must be an AS number from 1 to 4294967294'],
      [{ asPath: ['65001'] }, 'asPath.0 | "65001": must be an AS number from 1 to 4294967294'],
      [{ asPath: [] }, 'asPath | an empty list says nothing: leave the key out'],
      [{ asPath: 65001 }, 'asPath | 65001: must be a list of ASNs or an object of from, notFrom'],
      [{ asPath: '65001' }, 'asPath | "65001": must be a list of ASNs or an object of from, notFrom'],
      [{ asPath: {} }, 'asPath | asks for nothing: leave it out'],
      [{ asPath: { from: [] } }, 'asPath.from | an empty list says nothing: leave the key out'],
      [{ asPath: { notFrom: 7 } }, 'asPath.notFrom | 7: must be a list'],
      [{ capabilities: ['a b'] }, 'capabilities.0 | "a b": must be a capability path such as "coding/typescript"'],
      [{ capabilities: [null] }, 'capabilities.0 | null: must be a capability path such as "coding/typescript"'],
      [{ capabilities: 'coding' }, 'capabilities | "coding": must be a list'],
      [
        { communities: [''] },
        'communities.0 | "": must be a text of 1 to 128 characters without spaces and without characters that cannot be seen',
      ],
      [
        { communities: ['a\n'] },
        'communities.0 | "a\\n": must be a text of 1 to 128 characters without spaces and without characters that cannot be seen',
      ],
      [
        { communities: [{}] },
        'communities.0 | an object: must be a text of 1 to 128 characters without spaces and without characters that cannot be seen',
      ],
      [
        { communities: ['x'.repeat(129)] },
        `communities.0 | "${'x'.repeat(64)}…": must be a text of 1 to 128 characters without spaces and without characters that cannot be seen`,
      ],
      [{ communities: [] }, 'communities | an empty list says nothing: leave the key out'],
      [{ agentPrefixes: [''] }, 'agentPrefixes.0 | "": is empty'],
      [
        { agentPrefixes: [7] },
        'agentPrefixes.0 | 7: must be a glob such as "dev-*" over agent ids and capability paths',
      ],
      [{ performance: {} }, 'performance | asks for nothing: leave it out'],
      [
        { performance: { maxResponseTimeMs: -1 } },
        'performance.maxResponseTimeMs | -1: must be a number from 0 to 9007199254740991',
      ],
      [{ performance: { minSuccessRate: 90 } }, 'performance.minSuccessRate | 90: must be a number from 0 to 1'],
      [{ performance: { minSuccessRate: '1' } }, 'performance.minSuccessRate | "1": must be a number from 0 to 1'],
      [{ peers: [0] }, 'peers.0 | 0: must be the ASN or the name of a peer or server'],
      [{ peers: [''] }, 'peers.0 | "": must be the ASN or the name of a peer or server'],
      [{ peers: ['65001'] }, 'peers.0 | "65001": is a text: write an ASN without quotes'],
      [{ families: ['tool'] }, 'families.0 | "tool": must be "agent" or "capability"'],
      [
        { community: ['a'] },
        'community | unknown key: here belong asPath, capabilities, communities, agentPrefixes, performance, peers, families',
      ],
    ])('%j', (match, problem) => {
      expect(problemsOf(inMatch(match))).toEqual([`import.0.match.${problem}`]);
    });

    it('that it is there, as leaving it out by mistake would catch every route', () => {
      expect(problemsOf({ import: [{ action: { action: 'accept' } }] })).toEqual([
        expect.stringMatching(/^import\.0\.match \| missing: must be an object of asPath/),
      ]);
    });

    it('community of 128 characters, a peer name that only begins with digits', () => {
      expect(policyOf(inMatch({ communities: ['x'.repeat(128)], peers: ['1st'] })).import.statements).toHaveLength(1);
    });
  });

  describe('wants of an action', () => {
    it.each<[unknown, string]>([
      [{ action: 'allow' }, 'action | "allow": must be "accept" or "reject" or "modify"'],
      [{}, 'action | missing: must be "accept" or "reject" or "modify"'],
      [{ action: 'accept', setLocalPref: -1 }, 'setLocalPref | -1: must be a whole number from 0 to 4294967295'],
      [
        { action: 'accept', setLocalPref: 4_294_967_296 },
        'setLocalPref | 4294967296: must be a whole number from 0 to 4294967295',
      ],
      [{ action: 'accept', setLocalPref: '150' }, 'setLocalPref | "150": must be a whole number from 0 to 4294967295'],
      [{ action: 'accept', setLocalPref: null }, 'setLocalPref | null: must be a whole number from 0 to 4294967295'],
      [{ action: 'accept', setMED: 1000 }, 'setMED | 1000: must be a whole number from 0 to 999'],
      [{ action: 'accept', setMED: 1.5 }, 'setMED | 1.5: must be a whole number from 0 to 999'],
      [{ action: 'accept', setWeight: 0 }, 'setWeight | 0: must be a number above 0 and up to 65535'],
      [{ action: 'accept', setWeight: 65_536 }, 'setWeight | 65536: must be a number above 0 and up to 65535'],
      [{ action: 'accept', setWeight: '2' }, 'setWeight | "2": must be a number above 0 and up to 65535'],
      [{ action: 'accept', prependCount: 0 }, 'prependCount | 0: must be a whole number from 1 to 16'],
      [{ action: 'accept', prepend: 17 }, 'prepend | 17: must be a whole number from 1 to 16'],
      [
        { action: 'accept', prepend: 1, prependCount: 1 },
        'prepend | must be left out: it says the same as "prependCount"',
      ],
      [{ action: 'accept', setCommunities: [] }, 'setCommunities | an empty list says nothing: leave the key out'],
      [{ action: 'accept', removeCommunities: 'a' }, 'removeCommunities | "a": must be a list'],
      [
        { action: 'modify', setCommunities: ['a', 'b'], removeCommunities: ['c', 'b'] },
        'removeCommunities.1 | "b": is in "setCommunities" too',
      ],
      [{ action: 'accept', continue: 'yes' }, 'continue | "yes": must be true or false'],
      [{ action: 'reject', continue: true }, 'continue | true: must be left out, "reject" ends the chain'],
      [{ action: 'reject', setMED: 0 }, 'setMED | must be left out: "reject" leaves no route to change'],
      [
        { action: 'reject', removeCommunities: ['a'] },
        'removeCommunities | must be left out: "reject" leaves no route to change',
      ],
      [
        { action: 'accept', setMed: 1 },
        'setMed | unknown key: here belong action, setLocalPref, setMED, setCommunities, removeCommunities, setWeight, prependCount, prepend, continue',
      ],
    ])('%j', (action, problem) => {
      expect(problemsOf(inAction(action))).toEqual([`export.0.action.${problem}`]);
    });

    it('nothing against a rejection that says that it does not continue', () => {
      expect(policyOf(inAction({ action: 'reject', continue: false })).export.statements[0]).toMatchObject({
        action: 'reject',
        continue: false,
      });
    });
  });

  it.each<[unknown, string]>([
    [{ import: {} }, 'import | an object: must be a list'],
    [{ export: [[]] }, 'export.0 | a list: must be an object of name, match, action'],
    [
      { import: [{ name: '', match: {}, action: { action: 'accept' } }] },
      'import.0.name | "": must be a text that is not empty',
    ],
    [
      { import: [{ name: 7, match: {}, action: { action: 'accept' } }] },
      'import.0.name | 7: must be a text that is not empty',
    ],
    [{ default: 'deny' }, 'default | "deny": must be "accept" or "reject"'],
    [{ default: true }, 'default | true: must be "accept" or "reject", or an object of import, export'],
    [{ default: ['reject'] }, 'default | a list: must be "accept" or "reject", or an object of import, export'],
    [{ default: { import: 'deny' } }, 'default.import | "deny": must be "accept" or "reject"'],
    [{ default: { both: 'reject' } }, 'default.both | unknown key: here belong import, export'],
    [{ decision: 'as-path' }, 'decision | "as-path": must be a list'],
    [{ decision: ['eligibility', 'as-path'] }, 'decision.0 | "eligibility": must be left out: it always comes first'],
    [{ decision: ['peer-address', 'as-path'] }, 'decision.1 | "as-path": must stand before "peer-address"'],
    [{ decision: ['aspath'] }, `decision.0 | "aspath": must be one of ${DEFAULT_DECISION.join(', ')}`],
    [{ compareMed: 'never' }, 'compareMed | "never": must be "always" or "same-neighbor"'],
    [
      { reservedCommunities: [1] },
      'reservedCommunities.0 | 1: must be a text of 1 to 128 characters without spaces and without characters that cannot be seen',
    ],
    [{ groups: [[65001]] }, 'groups.0 | a group of fewer than two ASes joins nothing'],
    [{ groups: [[65001, 0]] }, 'groups.0.1 | 0: must be an AS number from 1 to 4294967294'],
    [{ groups: [65001, 65002] }, 'groups.0 | 65001: must be a list|groups.1 | 65002: must be a list'],
    [
      { imports: [] },
      'imports | unknown key: here belong import, export, default, decision, compareMed, reservedCommunities, groups',
    ],
  ])('refuses %j', (file, expected) => {
    expect(problemsOf(file).join('|')).toBe(expected);
  });

  it('shows 64 characters of a text, so that a message stays short', () => {
    expect(problemsOf({ compareMed: 'x'.repeat(64) })[0]).toContain(`| "${'x'.repeat(64)}":`);
    expect(problemsOf({ compareMed: 'x'.repeat(65) })[0]).toContain(`| "${'x'.repeat(64)}…":`);
  });

  it('takes for a community what a peer may send as one, joiners too and spaces not', () => {
    const communities = ['team-one', '👩‍💻'];
    expect(policyOf(inMatch({ communities })).import.statements[0]?.match.communities).toEqual(communities);
    for (const wrong of ['half-\ud83d', 'team one', 'eu\u202e', 'eu\u200b']) {
      expect(problemsOf(inMatch({ communities: [wrong] }))).toHaveLength(1);
    }
  });

  it('tells all that is wrong at once, what is wrong between values too', () => {
    const places = problemsOf({
      import: [
        {
          nme: 'x',
          match: { peers: [0], asPath: { from: [0], to: [1] } },
          action: { action: 'reject', setMED: 1000, continue: true, setlocalpref: 1 },
        },
        'reject',
      ],
      export: [{ action: { action: 'accept', setCommunities: ['a'], removeCommunities: ['a', ''] } }],
      decision: ['med', 'med', 'nonsense'],
      other: 1,
      another: 2,
    }).map((line) => line.split(' | ')[0]);
    expect(places).toEqual([
      'another',
      'decision.1',
      'decision.2',
      'export.0.action.removeCommunities.0',
      'export.0.action.removeCommunities.1',
      'export.0.match',
      'import.0.action.continue',
      'import.0.action.setMED',
      'import.0.action.setMED',
      'import.0.action.setlocalpref',
      'import.0.match.asPath.from.0',
      'import.0.match.asPath.to',
      'import.0.match.peers.0',
      'import.0.nme',
      'import.1',
      'other',
    ]);
  });
});

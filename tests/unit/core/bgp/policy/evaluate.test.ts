import { describe, expect, it } from 'vitest';
import { dependsOnNlri, evaluate } from '../../../../../src/core/bgp/policy/evaluate.ts';
import { ACCEPT_ALL, type Chain } from '../../../../../src/core/bgp/policy/policy.ts';
import { ATTRIBUTES, CONTEXT, chain, statement } from './fixtures.ts';

const run = (given: Chain) => evaluate(given, ATTRIBUTES, CONTEXT);
const never = { communities: ['absent'] };

describe('evaluate', () => {
  it('accepts everything as it is under the policy that accepts all', () => {
    for (const direction of [ACCEPT_ALL.import, ACCEPT_ALL.export]) {
      const verdict = run(direction);
      expect(verdict).toEqual({ accepted: true, attributes: ATTRIBUTES, weight: undefined, applied: [] });
      expect(verdict.accepted && verdict.attributes).toBe(ATTRIBUTES);
    }
  });

  it('rejects what no statement matches when the default says so, and names the default as the place', () => {
    const import_ = chain([statement({ match: never })], 'reject');
    expect(run(import_)).toEqual({ accepted: false, by: 'default', place: 'import.default', name: undefined });
    expect(run({ ...import_, direction: 'export' })).toMatchObject({ place: 'export.default' });
  });

  it('ends at the first match', () => {
    const verdict = run(
      chain(
        [
          statement({ name: 'missed', match: never, action: 'reject' }),
          statement({ name: 'first', action: 'modify', set: { localPref: 150 } }),
          statement({ name: 'second', action: 'reject' }),
        ],
        'reject',
      ),
    );
    expect(verdict).toEqual({
      accepted: true,
      attributes: { ...ATTRIBUTES, localPref: 150 },
      weight: undefined,
      applied: [{ place: 'import[1]', name: 'first', changed: ['localPref'] }],
    });
  });

  it('says which statement rejected', () => {
    const statements = [statement({ match: never }), statement({ name: 'no', action: 'reject' }), statement({})];
    expect(run(chain(statements))).toEqual({ accepted: false, by: 'statement', place: 'import[1]', name: 'no' });
    expect(run({ direction: 'export', statements, otherwise: 'accept' })).toMatchObject({ place: 'export[1]' });
  });

  it('changes the route on accept as on modify', () => {
    const verdicts = (['accept', 'modify'] as const).map((action) =>
      run(chain([statement({ action, set: { med: 0 } })])),
    );
    expect(verdicts[0]).toEqual(verdicts[1]);
    expect(verdicts[0]).toMatchObject({ accepted: true, attributes: { med: 0 } });
  });

  it('goes on after `continue` with the changed route', () => {
    const verdict = run(
      chain([
        statement({ name: 'tag', set: { addCommunities: ['tagged'], weight: 3 }, continue: true }),
        statement({
          name: 'use',
          match: { communities: ['tagged'] },
          set: { localPref: 7, weight: 5, prependCount: 1 },
        }),
        statement({ action: 'reject' }),
      ]),
    );
    expect(verdict).toEqual({
      accepted: true,
      attributes: {
        ...ATTRIBUTES,
        communities: ['exported', 'region:eu', 'tagged'],
        localPref: 7,
        asPath: [65002, 65002, 65003],
      },
      weight: 5,
      applied: [
        { place: 'import[0]', name: 'tag', changed: ['addCommunities', 'weight'] },
        { place: 'import[1]', name: 'use', changed: ['localPref', 'prependCount', 'weight'] },
      ],
    });
  });

  it('decides nothing by `continue`: what follows may reject, and so may the default', () => {
    const tag = statement({ set: { addCommunities: ['tagged'] }, continue: true });
    const reject = statement({ match: { communities: ['tagged'] }, action: 'reject' });
    expect(run(chain([tag, reject]))).toMatchObject({ accepted: false, by: 'statement', place: 'import[1]' });
    expect(run(chain([tag], 'reject'))).toMatchObject({ accepted: false, by: 'default', place: 'import.default' });
    expect(run(chain([tag]))).toMatchObject({ accepted: true, applied: [{ place: 'import[0]' }] });
  });

  it('lists a statement that altered nothing, without a change, and keeps the very attributes', () => {
    const verdict = run(
      chain([
        statement({ name: 'same', set: { localPref: 100, weight: 2 }, continue: true }),
        statement({ set: { weight: 2 } }),
      ]),
    );
    expect(verdict).toMatchObject({
      weight: 2,
      applied: [
        { name: 'same', changed: ['weight'] },
        { place: 'import[1]', changed: [] },
      ],
    });
    expect(verdict.accepted && verdict.attributes).toBe(ATTRIBUTES);
  });

  it('keeps the weight that an earlier statement set', () => {
    const verdict = run(chain([statement({ set: { weight: 2 }, continue: true }), statement({ set: { med: 1 } })]));
    expect(verdict).toMatchObject({
      weight: 2,
      attributes: { med: 1 },
      applied: [{ changed: ['weight'] }, { changed: ['med'] }],
    });
  });
});

describe('dependsOnNlri', () => {
  it('says no for a chain that looks at attributes, peers and families alone', () => {
    const plain = chain([
      statement({ match: { communities: ['a'], peers: [1], families: ['agent'], asPathAll: [1] } }),
    ]);
    expect([dependsOnNlri(plain, 'agent'), dependsOnNlri(plain, 'capability')]).toEqual([false, false]);
  });

  it('says yes for globs in any statement', () => {
    const globs = chain([statement({}), statement({ match: { agentPrefixes: ['a'] } })]);
    expect([dependsOnNlri(globs, 'agent'), dependsOnNlri(globs, 'capability')]).toEqual([true, true]);
  });

  it('says yes for capabilities where the route is one', () => {
    const capabilities = chain([statement({ match: { capabilities: ['coding'] } })]);
    expect([dependsOnNlri(capabilities, 'agent'), dependsOnNlri(capabilities, 'capability')]).toEqual([false, true]);
  });
});

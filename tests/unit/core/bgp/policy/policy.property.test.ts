import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PathAttributes } from '../../../../../src/core/bgp/packet/attributes.ts';
import { changeAttributes } from '../../../../../src/core/bgp/policy/change.ts';
import { dependsOnNlri, evaluate } from '../../../../../src/core/bgp/policy/evaluate.ts';
import { compileMatch } from '../../../../../src/core/bgp/policy/match.ts';
import { parsePolicy } from '../../../../../src/core/bgp/policy/parse-policy.ts';
import { ACCEPT_ALL, type Chain, type Policy, type PolicyContext } from '../../../../../src/core/bgp/policy/policy.ts';
import { familyOf } from '../../../../../src/core/bgp/packet/nlri.ts';

const asn = fc.integer({ min: 1, max: 4 });
const community = fc.constantFrom('a', 'b', 'c', 'd');
const capability = fc.constantFrom('coding', 'coding/go', 'testing', 'testing/unit');
const some = <T>(item: fc.Arbitrary<T>) => fc.uniqueArray(item, { minLength: 1, maxLength: 3 });
const sorted = (item: fc.Arbitrary<string>) => fc.uniqueArray(item, { maxLength: 4 }).map((list) => list.sort());

const attributes: fc.Arbitrary<PathAttributes> = fc
  .record(
    {
      asPath: fc.array(fc.oneof({ weight: 4, arbitrary: asn }, { weight: 1, arbitrary: some(asn) }), { maxLength: 4 }),
      nextHop: fc.constant('http://a.example'),
      localPref: fc.constantFrom(0, 100, 200),
      med: fc.constantFrom(0, 50, 999),
      communities: sorted(community),
      capabilities: sorted(capability),
      originTime: fc.constant(0),
      performance: fc.record({ responseTimeMs: fc.constantFrom(0, 100, 500), successRate: fc.constantFrom(0, 0.5, 1) }),
    },
    { requiredKeys: ['asPath', 'nextHop', 'localPref', 'med', 'communities', 'capabilities', 'originTime'] },
  )
  .map(deepFreeze);

const context: fc.Arbitrary<PolicyContext> = fc
  .record({
    nlri: fc.constantFrom('dev-a', 'dev-b/c', 'ops', '~coding', '~coding/go', '~testing'),
    neighbor: fc.record({ asn, name: fc.constantFrom('one', 'two') }),
    prependAsn: asn,
  })
  .map(deepFreeze);

const match = fc.record(
  {
    asPath: fc.oneof(some(asn), fc.record({ from: some(asn) }), fc.record({ from: some(asn), notFrom: some(asn) })),
    capabilities: some(capability),
    communities: some(community),
    agentPrefixes: some(fc.constantFrom('dev-*', '*', 'ops', '?????', 'coding/*')),
    performance: fc.record({ maxResponseTimeMs: fc.constantFrom(0, 100, 500) }),
    peers: some(fc.oneof(asn, fc.constantFrom('one', 'two'))),
    families: some(fc.constantFrom('agent', 'capability')),
  },
  { requiredKeys: [] },
);

const changes = fc.record(
  {
    setLocalPref: fc.constantFrom(0, 100, 200),
    setMED: fc.constantFrom(0, 50, 999),
    setCommunities: some(fc.constantFrom('a', 'b', 'e')),
    removeCommunities: some(fc.constantFrom('c', 'd', 'f')),
    setWeight: fc.constantFrom(1, 2),
    prependCount: fc.integer({ min: 1, max: 3 }),
    continue: fc.boolean(),
  },
  { requiredKeys: [] },
);

const action = fc.oneof(
  fc.constant({ action: 'reject' }),
  changes.map((set) => ({ action: 'accept', ...set })),
  changes.map((set) => ({ action: 'modify', ...set })),
);

const statement = fc.record(
  { name: fc.string({ minLength: 1 }), match, action },
  { requiredKeys: ['match', 'action'] },
);
const statements = fc.array(statement, { maxLength: 5 });
const verdict = fc.constantFrom('accept', 'reject');
const file = fc.record({
  import: statements,
  export: statements,
  default: fc.record({ import: verdict, export: verdict }),
});

function policyOf(json: unknown): Policy {
  const result = parsePolicy(json);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return deepFreeze(result.policy);
}

function deepFreeze<T>(given: T): T {
  if (typeof given === 'object' && given !== null) Object.values(Object.freeze(given)).forEach(deepFreeze);
  return given;
}

/** What the words of the design say, one statement at a time, with nothing prepared. */
function byTheBook(chain: Chain, before: PathAttributes, where: PolicyContext) {
  let after = before;
  let weight: number | undefined;
  const matched: string[] = [];
  for (const [index, one] of chain.statements.entries()) {
    if (!compileMatch(one)(after, where)) continue;
    const place = `${chain.direction}[${index}]`;
    if (one.action === 'reject') return { place };
    matched.push(place);
    after = changeAttributes(after, one.set, where.prependAsn);
    weight = one.set.weight ?? weight;
    if (!one.continue) return { after, weight, matched };
  }
  return chain.otherwise === 'reject' ? { place: `${chain.direction}.default` } : { after, weight, matched };
}

describe('a policy over random files and routes', () => {
  it('does what its statements say, each on what the ones before have left', () => {
    fc.assert(
      fc.property(file, attributes, context, (json, before, where) => {
        const policy = policyOf(json);
        for (const chain of [policy.import, policy.export]) {
          const result = evaluate(chain, before, where);
          expect(
            result.accepted
              ? { after: result.attributes, weight: result.weight, matched: result.applied.map(({ place }) => place) }
              : { place: result.place },
          ).toEqual(byTheBook(chain, before, where));
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('composes: a chain whose first statement continues equals that statement, then the rest', () => {
    fc.assert(
      fc.property(changes, match, statements, attributes, context, (set, wanted, rest, before, where) => {
        const first = { match: wanted, action: { action: 'modify', ...set, continue: true } };
        const whole = evaluate(policyOf({ import: [first, ...rest] }).import, before, where);
        const alone = evaluate(policyOf({ import: [first] }).import, before, where);
        if (!alone.accepted) throw new Error('a lone statement that continues meets the default');
        const then = evaluate(policyOf({ import: rest }).import, alone.attributes, where);
        expect(whole.accepted).toBe(then.accepted);
        if (whole.accepted && then.accepted) {
          expect(whole.attributes).toEqual(then.attributes);
          expect(whole.weight).toBe(then.weight ?? alone.weight);
        } else if (!whole.accepted && !then.accepted) {
          const index = Number(/\d+/.exec(then.place)?.[0]);
          expect(whole.place).toBe(`import[${index + 1}]`);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives the same verdict every time, and never changes what it was given', () => {
    fc.assert(
      fc.property(file, attributes, context, (json, before, where) => {
        // Everything given is frozen, so that a change would throw.
        const policy = policyOf(json);
        const copy = policyOf(structuredClone(json));
        const first = evaluate(policy.import, before, where);
        expect(evaluate(policy.import, before, where)).toEqual(first);
        expect(evaluate(copy.import, structuredClone(before), where)).toEqual(first);
      }),
    );
  });

  it('returns the very attributes exactly when it changes none of them', () => {
    fc.assert(
      fc.property(file, attributes, context, (json, before, where) => {
        const result = evaluate(policyOf(json).import, before, where);
        if (!result.accepted) return;
        const altered = result.applied.flatMap(({ changed }) => changed).filter((key) => key !== 'weight');
        if (result.attributes === before) expect(altered).toEqual([]);
        else expect(altered).not.toEqual([]);
        expect(result.attributes.communities).toEqual([...new Set(result.attributes.communities)].sort());
      }),
      { numRuns: 1_000 },
    );
  });

  it('accepts all without a change when it is told to accept all', () => {
    fc.assert(
      fc.property(attributes, context, (before, where) => {
        const result = evaluate(ACCEPT_ALL.export, before, where);
        expect(result.accepted && result.attributes).toBe(before);
      }),
    );
  });

  it('names places that are in the file, with the name and the action that stand there', () => {
    fc.assert(
      fc.property(file, attributes, context, (json, before, where) => {
        const result = evaluate(policyOf(json).export, before, where);
        for (const { place, name } of result.accepted ? result.applied : [result]) {
          if (place === 'export.default') {
            expect(json.default.export).toBe('reject');
            continue;
          }
          const written = json.export[Number(/^export\[(\d+)\]$/.exec(place)?.[1])]!;
          expect(written.name).toBe(name);
          expect(written.action.action === 'reject').toBe(!result.accepted);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives all NLRI of a family one verdict when it says that it does not depend on them', () => {
    fc.assert(
      fc.property(file, attributes, context, context, (json, before, one, two) => {
        const chain = policyOf(json).import;
        fc.pre(familyOf(one.nlri) === familyOf(two.nlri) && !dependsOnNlri(chain, familyOf(one.nlri)));
        expect(evaluate(chain, before, { ...one, nlri: two.nlri })).toEqual(evaluate(chain, before, one));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a policy file with one key too many', () => {
  it('is refused with the place of that key, wherever it stands, unless the key is a comment', () => {
    const key = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !text.startsWith('_'));
    fc.assert(
      fc.property(file, key, fc.nat(), (json, extra, choice) => {
        const places = objectsIn(json, []);
        const path = places[choice % places.length]!;
        fc.pre(!KNOWN.has(extra));
        const spoilt = withKey(json, path, extra);
        const result = parsePolicy(spoilt);
        expect(result.ok).toBe(false);
        if (!result.ok) expect(result.problems.map((problem) => problem.path)).toContainEqual([...path, extra]);
        expect(parsePolicy(withKey(json, path, `_${extra}`)).ok).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never makes the parser throw, whatever the file is', () => {
    const almost = fc.record(
      {
        import: fc.oneof(fc.anything(), fc.array(fc.record({ match: fc.anything(), action: fc.anything() }))),
        default: fc.anything(),
        decision: fc.anything(),
        groups: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), almost), (json) => {
        const result = parsePolicy(json);
        if (!result.ok)
          for (const { message } of result.problems) expect(message).not.toMatch(/^Invalid|^Unrecognized|undefined/);
      }),
      { numRuns: 2_000 },
    );
  });
});

const KNOWN = new Set(
  'name match action import export default decision compareMed reservedCommunities groups asPath capabilities communities agentPrefixes performance peers families from notFrom maxResponseTimeMs minSuccessRate setLocalPref setMED setCommunities removeCommunities setWeight prependCount prepend continue'.split(
    ' ',
  ),
);

type Path = readonly (string | number)[];

/** The path to every object of a file. */
function objectsIn(given: unknown, path: Path): Path[] {
  if (typeof given !== 'object' || given === null) return [];
  const within = Object.entries(given).flatMap(([key, inner]) =>
    objectsIn(inner, [...path, Array.isArray(given) ? Number(key) : key]),
  );
  return Array.isArray(given) ? within : [path, ...within];
}

function withKey(given: unknown, path: Path, key: string): unknown {
  const copy: unknown = structuredClone(given);
  let target = copy;
  for (const step of path) target = (target as Record<string | number, unknown>)[step];
  Object.defineProperty(target, key, { value: 1, enumerable: true });
  return copy;
}

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PathAttributes } from '../../../src/core/bgp/packet/attributes.ts';
import { evaluate } from '../../../src/core/bgp/policy/evaluate.ts';
import { parsePolicy } from '../../../src/core/bgp/policy/parse-policy.ts';
import type { Policy, PolicyVerdict } from '../../../src/core/bgp/policy/policy.ts';
import { ATTRIBUTES, CONTEXT } from '../core/bgp/policy/fixtures.ts';

const directory = new URL('../../../examples/policies/', import.meta.url);

interface Given extends Partial<PathAttributes> {
  readonly nlri?: string;
}

/** One statement at work: a route that it catches, a route that differs in one thing and that it leaves alone. */
interface Case {
  readonly place: string;
  readonly name: string;
  readonly caught: Given;
  readonly verdict: 'rejected' | Partial<PathAttributes>;
  readonly leftAlone: readonly Given[];
}

const CASES: Readonly<Record<string, readonly Case[]>> = {
  'enterprise-policy.json': [
    {
      place: 'import[0]',
      name: 'block-external-training',
      caught: { capabilities: ['fine-tuning', 'model-training'], asPath: [65002, 65001] },
      verdict: 'rejected',
      leftAlone: [
        { capabilities: ['model-training'], asPath: [65002, 65001] },
        { capabilities: ['fine-tuning', 'model-training'], asPath: [65002] },
      ],
    },
    {
      place: 'import[1]',
      name: 'prefer-internal-coding',
      caught: { capabilities: ['coding/typescript', 'development'], communities: ['internal'] },
      verdict: { localPref: 150 },
      leftAlone: [
        { capabilities: ['coding/typescript', 'development'], communities: [] },
        { capabilities: ['coding/typescript'], communities: ['internal'] },
      ],
    },
    {
      place: 'import[2]',
      name: 'depref-slow-agents',
      caught: { communities: ['performance:slow'], asPath: [65002, 65003] },
      verdict: { asPath: [65002, 65002, 65002, 65003] },
      leftAlone: [{ communities: ['performance:fast'] }],
    },
    {
      place: 'export[0]',
      name: 'no-confidential-external',
      caught: { communities: ['internal-only'] },
      verdict: 'rejected',
      leftAlone: [{ communities: ['internal'] }],
    },
    {
      place: 'export[1]',
      name: 'mark-exported-agents',
      caught: { communities: ['region:eu'] },
      verdict: { communities: ['exported', 'region:eu'] },
      leftAlone: [{ communities: ['confidential'] }],
    },
  ],
  'development-policy.json': [
    {
      place: 'import[0]',
      name: 'accept-all-coding',
      caught: { capabilities: ['coding', 'debugging', 'testing'], nlri: 'dev-all' },
      verdict: { localPref: 100 },
      leftAlone: [{ capabilities: ['coding', 'testing'] }],
    },
    {
      place: 'import[1]',
      name: 'prefer-local-development',
      caught: { nlri: 'local-team/tester' },
      verdict: { localPref: 200 },
      leftAlone: [{ nlri: 'my-dev-tester' }],
    },
    {
      place: 'export[0]',
      name: 'share-development-agents',
      caught: { communities: ['testing'] },
      verdict: { localPref: 100 },
      leftAlone: [{ communities: ['production'] }],
    },
  ],
  'architecture-enterprise-policy.json': [
    {
      place: 'import[0]',
      name: 'block-external-training',
      caught: { capabilities: ['model-training/vision'], asPath: [65001, 65002] },
      verdict: 'rejected',
      leftAlone: [
        { capabilities: ['model-training/vision'], asPath: [65002, 65001] },
        { capabilities: ['training'], asPath: [65002] },
      ],
    },
    {
      place: 'import[1]',
      name: 'prefer-internal-coding',
      caught: { capabilities: ['coding'], asPath: [65002, 65001] },
      verdict: { localPref: 150 },
      leftAlone: [
        { capabilities: ['coding'], asPath: [65001, 65002] },
        { capabilities: ['testing'], asPath: [65001] },
      ],
    },
    {
      place: 'export[0]',
      name: 'no-sensitive-agents-external',
      caught: { communities: ['confidential'] },
      verdict: 'rejected',
      leftAlone: [{ communities: ['internal'] }],
    },
  ],
  'no-finance-to-engineering.json': [
    {
      place: 'export[0]',
      name: 'public-agents-of-finance',
      caught: { communities: ['public'], asPath: [65001] },
      verdict: { asPath: [65001], localPref: 100 },
      leftAlone: [
        { communities: ['public'], asPath: [65001, 65003] },
        { communities: [], asPath: [65001] },
      ],
    },
    {
      place: 'export[1]',
      name: 'no-finance-to-engineering',
      caught: { communities: ['internal'], asPath: [65003, 65001] },
      verdict: 'rejected',
      leftAlone: [{ asPath: [65001, 65003] }],
    },
  ],
};

it('covers every example policy', () => {
  expect(readdirSync(directory).sort()).toEqual(Object.keys(CASES).sort());
});

describe.each(Object.entries(CASES))('%s', (file, cases) => {
  const policy = load(file);

  it('has a case for each of its statements', () => {
    const places = (['import', 'export'] as const).flatMap((direction) =>
      policy[direction].statements.map(({ name }, index) => [`${direction}[${index}]`, name]),
    );
    expect(places).not.toEqual([]);
    expect(cases.map(({ place, name }) => [place, name])).toEqual(places);
  });

  it.each(cases)('$name ($place) catches a route', ({ place, name, caught, verdict }) => {
    const result = apply(policy, place, caught);
    expect(deciding(result)).toEqual({ place, name });
    if (verdict === 'rejected') expect(result.accepted).toBe(false);
    else expect(result).toMatchObject({ accepted: true, attributes: verdict });
  });

  it.each(cases)('$name ($place) leaves other routes alone', ({ place, leftAlone }) => {
    for (const given of leftAlone) expect(deciding(apply(policy, place, given))?.place).not.toBe(place);
  });
});

function load(file: string): Policy {
  const result = parsePolicy(JSON.parse(readFileSync(new URL(file, directory), 'utf8')));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

function apply(policy: Policy, place: string, { nlri = 'weatherAgent', ...attributes }: Given): PolicyVerdict {
  const chain = place.startsWith('import') ? policy.import : policy.export;
  return evaluate(chain, { ...ATTRIBUTES, ...attributes }, { ...CONTEXT, nlri });
}

function deciding(verdict: PolicyVerdict): { place: string; name: string | undefined } | undefined {
  const { place, name } = verdict.accepted ? (verdict.applied[0] ?? {}) : verdict;
  return place === undefined ? undefined : { place, name };
}

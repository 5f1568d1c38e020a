import type { z } from 'zod';
import { action } from './action-schema.ts';
import { decisionFaults, isDecisionStep } from './decision-order.ts';
import { asn, byShape, community, listOf, objectOf, oneOf, reporting, value, valueThat } from './file-values.ts';
import { match } from './match-schema.ts';
import { DEFAULT_DECISION, type DecisionStep } from './policy.ts';

const name = valueThat(
  (input): input is string => typeof input === 'string' && input !== '',
  'a text that is not empty',
);
const statements = listOf(objectOf({ name: name.exactOptional(), match, action })).exactOptional();
const otherwise = oneOf(['accept', 'reject']);

const decisionStep = value<DecisionStep>((input) => {
  if (isDecisionStep(input)) return undefined;
  if (input === 'eligibility') return 'must be left out: it always comes first';
  return `must be one of ${DEFAULT_DECISION.join(', ')}`;
});

/** A policy file, as JSON: the one form in which people write a policy. It is never used as the policy itself. */
export const policyFile = objectOf({
  import: statements,
  export: statements,
  default: byShape(
    {
      text: otherwise,
      object: objectOf({ import: otherwise.exactOptional(), export: otherwise.exactOptional() }),
    },
    '"accept" or "reject", or an object of import, export',
  ).exactOptional(),
  decision: listOf(decisionStep)
    .superRefine(reporting(decisionFaults), { when: ({ value: order }) => Array.isArray(order) })
    .exactOptional(),
  compareMed: oneOf(['always', 'same-neighbor']).exactOptional(),
  reservedCommunities: listOf(community).exactOptional(),
  groups: listOf(listOf(asn).min(2, { error: 'a group of fewer than two ASes joins nothing' })).exactOptional(),
});

/** A policy file whose values are all right. */
export type PolicyFile = z.output<typeof policyFile>;

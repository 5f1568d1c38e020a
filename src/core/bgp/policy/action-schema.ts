import { MAX_MED, MAX_UINT32 } from '../packet/attributes.ts';
import { community, objectOf, oneOf, someOf, valueThat, wholeNumber } from './file-values.ts';
import type { PolicyProblem } from './policy-problem.ts';

/** The most that one statement prepends. */
const MAX_PREPEND = 16;

/** The largest weight for balancing. */
const MAX_WEIGHT = 65_535;

/** The action of a policy file's statement on a route that it matches. */
export const action = objectOf(
  {
    action: oneOf(['accept', 'reject', 'modify']),
    setLocalPref: wholeNumber(0, MAX_UINT32).exactOptional(),
    setMED: wholeNumber(0, MAX_MED).exactOptional(),
    setCommunities: someOf(community).exactOptional(),
    removeCommunities: someOf(community).exactOptional(),
    setWeight: valueThat(isWeight, `a number above 0 and up to ${MAX_WEIGHT}`).exactOptional(),
    prependCount: wholeNumber(1, MAX_PREPEND).exactOptional(),
    prepend: wholeNumber(1, MAX_PREPEND).exactOptional(),
    continue: valueThat((input) => typeof input === 'boolean', 'true or false').exactOptional(),
  },
  contradictions,
);

function isWeight(input: unknown): input is number {
  return typeof input === 'number' && input > 0 && input <= MAX_WEIGHT;
}

function contradictions(given: object): PolicyProblem[] {
  const { action: verdict, continue: goesOn, ...changes } = given as Record<string, unknown>;
  const problems: PolicyProblem[] = [];
  if (verdict === 'reject') {
    if (goesOn === true)
      problems.push({ path: ['continue'], message: 'true: must be left out, "reject" ends the chain' });
    for (const key of Object.keys(changes)) {
      problems.push({ path: [key], message: 'must be left out: "reject" leaves no route to change' });
    }
  }
  if ('prepend' in changes && 'prependCount' in changes) {
    problems.push({ path: ['prepend'], message: 'must be left out: it says the same as "prependCount"' });
  }
  return [...problems, ...bothWays(changes)];
}

function bothWays({ setCommunities: added, removeCommunities: removed }: Record<string, unknown>): PolicyProblem[] {
  if (!Array.isArray(added) || !Array.isArray(removed)) return [];
  return removed.flatMap((item: unknown, index) =>
    added.includes(item)
      ? [{ path: ['removeCommunities', index], message: `${JSON.stringify(item)}: is in "setCommunities" too` }]
      : [],
  );
}

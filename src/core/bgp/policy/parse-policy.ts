import type { z } from 'zod';
import { capabilityPath } from '../packet/nlri.ts';
import { completeDecision } from './decision-order.ts';
import type { Chain, Changes, Match, Policy, Statement } from './policy.ts';
import type { PolicyProblem } from './policy-problem.ts';
import { policyFile, type PolicyFile } from './schema.ts';

type FileStatement = NonNullable<PolicyFile['import']>[number];

/** Returns the policy that a file holds (RFC 4271 §9.1.1), or everything that is wrong with the file. */
export function parsePolicy(
  json: unknown,
):
  { readonly ok: true; readonly policy: Policy } | { readonly ok: false; readonly problems: readonly PolicyProblem[] } {
  const result = policyFile.safeParse(json);
  if (!result.success) return { ok: false, problems: result.error.issues.flatMap(problemsOf) };
  return { ok: true, policy: toPolicy(result.data) };
}

function problemsOf(issue: z.core.$ZodIssue): PolicyProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: `unknown key: here belong ${issue.message}` }));
  }
  return [{ path, message: issue.message }];
}

function toPolicy(file: PolicyFile): Policy {
  const {
    default: otherwise = 'accept',
    decision,
    compareMed = 'always',
    reservedCommunities = [],
    groups = [],
  } = file;
  const chain = (direction: Chain['direction']): Chain => ({
    direction,
    statements: (file[direction] ?? []).map(toStatement),
    otherwise: typeof otherwise === 'string' ? otherwise : (otherwise[direction] ?? 'accept'),
  });
  return {
    import: chain('import'),
    export: chain('export'),
    decision: completeDecision(decision),
    compareMed,
    reservedCommunities,
    groups,
  };
}

function toStatement({ name, match, action }: FileStatement): Statement {
  return {
    name,
    match: toMatch(match),
    action: action.action,
    set: toChanges(action),
    continue: action.continue ?? false,
  };
}

function toMatch({ asPath, capabilities, ...same }: FileStatement['match']): Match {
  return {
    ...same,
    ...(asPath !== undefined && toPathMatch(asPath)),
    ...(capabilities && { capabilities: capabilities.map(capabilityPath).filter((path) => path !== undefined) }),
  };
}

function toPathMatch(asPath: NonNullable<FileStatement['match']['asPath']>): Match {
  if (Array.isArray(asPath)) return { asPathAll: asPath };
  const { from, notFrom } = asPath;
  return { ...(from && { originFrom: from }), ...(notFrom && { originNotFrom: notFrom }) };
}

function toChanges(action: FileStatement['action']): Changes {
  const prependCount = action.prependCount ?? action.prepend;
  return {
    ...(action.setLocalPref !== undefined && { localPref: action.setLocalPref }),
    ...(action.setMED !== undefined && { med: action.setMED }),
    ...(action.setCommunities && { addCommunities: action.setCommunities }),
    ...(action.removeCommunities && { removeCommunities: action.removeCommunities }),
    ...(action.setWeight !== undefined && { weight: action.setWeight }),
    ...(prependCount !== undefined && { prependCount }),
  };
}

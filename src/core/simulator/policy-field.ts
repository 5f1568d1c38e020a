import { z } from 'zod';
import { parsePolicy } from '../bgp/policy/parse-policy.ts';
import type { Policy } from '../bgp/policy/policy.ts';

/** A policy inside another file, in the form of a policy file. */
export const policyField = z.unknown().transform((json, context): Policy => {
  const result = parsePolicy(json);
  if (result.ok) return result.policy;
  for (const { path, message } of result.problems) context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});

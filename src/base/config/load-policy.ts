import { parsePolicy } from '../../core/bgp/policy/parse-policy.ts';
import type { PolicyProblem } from '../../core/bgp/policy/policy-problem.ts';
import type { Policy } from '../../core/bgp/policy/policy.ts';
import type { ReadFile } from './config.ts';
import { parseDocument } from './document.ts';
import { placeOf } from './place.ts';
import type { Problem } from './problem.ts';
import { readText } from './read-text.ts';

/** Source of a policy: a file of its own, or a part of the config file. */
export type PolicySource =
  | { readonly kind: 'file'; readonly path: string; readonly namedBy: Omit<Problem, 'message'> }
  | { readonly kind: 'inline'; readonly value: unknown; readonly problemAt: ProblemAt };

/** Makes a problem of a fault at a path, with its source and position. */
export type ProblemAt = (path: readonly PropertyKey[], message: string, at: 'key' | 'value') => Problem;

export type PolicyResult =
  { readonly ok: true; readonly policy: Policy } | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Returns the problems of a valid policy that are specific to its place, from the parsed policy and its written form.
 */
export type Unfit = (policy: Policy, written: unknown) => readonly PolicyProblem[];

/** Reads and parses a policy. An unreadable policy is a problem and never falls back to accepting routes. */
export function loadPolicy(source: PolicySource, readFile: ReadFile, unfit: Unfit): PolicyResult {
  if (source.kind === 'inline') return parse(source.value, source.problemAt, unfit);
  const { path, namedBy } = source;
  const text = readText(path, readFile);
  if ('fault' in text)
    return { ok: false, problems: [{ ...namedBy, value: path, message: `names a file that ${text.fault}` }] };
  return parsePolicyText(path, text.value, unfit);
}

/** Parses the text of a policy file. */
export function parsePolicyText(path: string, text: string, unfit: Unfit = () => []): PolicyResult {
  const parsed = parseDocument(text);
  if (!parsed.ok) return { ok: false, problems: parsed.faults.map((fault) => ({ source: path, ...fault })) };
  const { value, positionOf } = parsed.document;
  const problemAt: ProblemAt = (place, message, at) => ({
    source: path,
    ...positionOf(place, at),
    ...(place.length > 0 && { place: placeOf(place) }),
    message,
  });
  return parse(value, problemAt, unfit);
}

function parse(value: unknown, problemAt: ProblemAt, unfit: Unfit): PolicyResult {
  const parsed = parsePolicy(value);
  const problems = parsed.ok ? unfit(parsed.policy, value) : parsed.problems;
  if (parsed.ok && problems.length === 0) return { ok: true, policy: parsed.policy };
  return { ok: false, problems: problems.map(({ path, message }) => problemAt(path, message, 'key')) };
}

import { DEFAULT_DECISION, type DecisionStep, type Policy } from './policy.ts';
import type { PolicyProblem } from './policy-problem.ts';

/** The steps that end every order, in this order: what they compare differs for sure (RFC 4271 §9.1.2.2 f, g). */
const LAST: readonly DecisionStep[] = ['originator-id', 'cluster-list', 'peer-address'];

/** Returns the order that a policy file asks for; the last three steps may be left out and stand at the end all the same. */
export function completeDecision(order: readonly DecisionStep[] = DEFAULT_DECISION): DecisionStep[] {
  return [...order.filter((step) => !LAST.includes(step)), ...LAST];
}

/** True if a value names a step of the decision process. */
export function isDecisionStep(value: unknown): value is DecisionStep {
  return DEFAULT_DECISION.some((step) => step === value);
}

/** Returns the faults of an order of steps: one that stands twice, or one behind a step that must come after it. */
export function decisionFaults(order: readonly unknown[]): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  let latest = -1;
  order.forEach((step, index) => {
    if (!isDecisionStep(step)) return;
    const rank = LAST.indexOf(step);
    if (order.indexOf(step) < index) problems.push({ path: [index], message: `"${step}": stands here twice` });
    else if (rank < latest)
      problems.push({ path: [index], message: `"${step}": must stand before "${String(LAST[latest])}"` });
    latest = Math.max(latest, rank);
  });
  return problems;
}

/**
 * Returns the faults of a policy for a speaker that has peers: an order that never compares the AS path may prefer ever
 * longer ones, so that what is gone comes back around (RFC 4271 §9.1.2.2 a).
 */
export function decisionFaultsAmongPeers({ decision }: Policy): readonly PolicyProblem[] {
  if (decision.includes('as-path')) return [];
  return [{ path: ['decision'], message: 'must hold "as-path" while there are peers' }];
}

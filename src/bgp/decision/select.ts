import type { Loss } from '../rib/destination.ts';
import type { Route } from '../rib/route.ts';
import type { DecisionRules } from './rules.ts';
import { STEPS } from './steps.ts';

/** Told of the routes that fall away together, and why. */
type OnLoss = (routes: readonly Route[], reason: Loss['reason']) => void;

/**
 * Returns the best of the routes, or undefined when none is eligible (RFC 4271 §9.1.2). Candidates are eliminated step by step
 * instead of being compared in pairs: with MED compared per neighbour no pairwise order exists, and the outcome must not
 * depend on the order of arrival.
 */
export function selectBest(routes: readonly Route[], rules: DecisionRules, onLoss?: OnLoss): Route | undefined {
  return survivors(routes, rules, onLoss)[0];
}

/** Returns the routes that no step can tell apart: one where each comes from another neighbour, none where none is eligible. */
export function survivors(routes: readonly Route[], rules: DecisionRules, onLoss?: OnLoss): readonly Route[] {
  let candidates = eligible(routes, rules, onLoss);
  for (const step of rules.steps) {
    if (candidates.length < 2) break;
    candidates = narrow(candidates, STEPS[step](candidates, rules), step, onLoss);
  }
  return candidates;
}

/** Returns every route that lost, with the reason, in the order in which they fell (RFC 4271 §9.1.2.2). */
export function losses(routes: readonly Route[], rules: DecisionRules): Loss[] {
  const fallen: Loss[] = [];
  selectBest(routes, rules, (lost, reason) => fallen.push(...lost.map((route) => ({ route, reason }))));
  return fallen;
}

/**
 * Returns the routes that may be chosen at all (RFC 4271 §9.1.2): fresh ones before those of a restarting peer (RFC 4724 §4.2),
 * usable next hops before broken ones.
 */
export function eligible(routes: readonly Route[], rules: DecisionRules, onLoss?: OnLoss): readonly Route[] {
  const sound = keep(routes, isSound, 'ineligible', onLoss);
  const fresh = prefer(sound, (route) => !route.stale, 'stale', onLoss);
  return prefer(fresh, (route) => !rules.unusable.has(route.attributes.nextHop), 'next-hop-unusable', onLoss);
}

function isSound(route: Route): boolean {
  return route.ineligible === undefined;
}

/** Keeps the routes that pass, or all of them if none does. */
function prefer(routes: readonly Route[], passes: (route: Route) => boolean, reason: Loss['reason'], onLoss?: OnLoss) {
  return routes.some(passes) ? keep(routes, passes, reason, onLoss) : routes;
}

function keep(routes: readonly Route[], passes: (route: Route) => boolean, reason: Loss['reason'], onLoss?: OnLoss) {
  return routes.every(passes) ? routes : narrow(routes, routes.filter(passes), reason, onLoss);
}

function narrow(from: readonly Route[], to: readonly Route[], reason: Loss['reason'], onLoss?: OnLoss) {
  onLoss?.(
    from.filter((route) => !to.includes(route)),
    reason,
  );
  return to;
}

import { hasAsSet, originAs } from '../packet/as-path.ts';
import type { Asn } from '../packet/asn.ts';
import type { DecisionStep } from '../policy/policy.ts';
import type { Route } from '../rib/route.ts';
import type { DecisionRules } from './rules.ts';
import { eligible, selectBest } from './select.ts';
import { STEPS } from './steps.ts';

/** Among which routes calls may be balanced. */
export interface MultipathRules extends DecisionRules {
  /** The most members of the set, the best included; 1 switches balancing off. */
  readonly maxPaths: number;
  /** The largest amount by which a member's MED may exceed the best one's. */
  readonly medTolerance: number;
  /** The own AS: the origin of every stub's routes. */
  readonly asn: Asn;
  /** Sets of origin ASes whose agents of one name count as one service. */
  readonly groups: readonly (readonly Asn[])[];
}

/** The steps that must not tell members apart; the other steps only break ties between them. */
const COST: ReadonlySet<DecisionStep> = new Set(['local-pref', 'locally-originated', 'as-path', 'external']);

/**
 * Returns the routes among which a call may choose, the best first: equal in cost to the best one, MED within tolerance, of the
 * same service, no aggregates (RFC 4271 §9.1.2.2 leaves equal-cost balancing to the implementation).
 */
export function multipath(routes: readonly Route[], best: Route, rules: MultipathRules): readonly Route[] {
  if (rules.maxPaths < 2 || routes.length < 2 || best.attributes.aggregate) return [best];
  const equal = eligible(routes, rules).filter((route) => isMember(route, best, rules));
  return [best, ...ranked(equal, rules)].slice(0, rules.maxPaths);
}

/**
 * Returns all eligible routes of the same service as the best, in the order in which a call that failed without reaching an agent
 * may try them: the decision process with each winner taken out (RFC 4271 §9.1.2.2).
 */
export function failoverOrder(routes: readonly Route[], best: Route, rules: MultipathRules): readonly Route[] {
  const others = routes.filter((route) => route !== best);
  return [best, ...ranked(others, rules).filter((route) => sameService(route, best, rules))];
}

/** True if two routes of one name lead to one service: the same origin AS, or origins that are grouped by policy. */
export function sameService(a: Route, b: Route, rules: MultipathRules): boolean {
  const [one, other] = [serviceOrigin(a, rules.asn), serviceOrigin(b, rules.asn)];
  if (one === undefined || other === undefined) return false;
  return one === other || rules.groups.some((group) => group.includes(one) && group.includes(other));
}

/** Returns the AS that answers for a route: the own one for all own stubs, the rightmost of the path otherwise (RFC 4271 §5.1.2). */
export function serviceOrigin(route: Route, asn: Asn): Asn | undefined {
  if (route.source.kind !== 'peer') return asn;
  return route.attributes.asPath.length === 0 ? asn : originAs(route.attributes.asPath);
}

function isMember(route: Route, best: Route, rules: MultipathRules): boolean {
  if (route === best || route.attributes.aggregate || hasAsSet(route.attributes.asPath)) return false;
  if (Math.abs(route.attributes.med - best.attributes.med) > rules.medTolerance) return false;
  const pair = [route, best];
  return [...COST].every((step) => STEPS[step](pair, rules).length === 2) && sameService(route, best, rules);
}

function ranked(routes: readonly Route[], rules: DecisionRules): Route[] {
  const left = [...routes];
  const order: Route[] = [];
  let next = selectBest(left, rules);
  while (next !== undefined) {
    order.push(next);
    left.splice(left.indexOf(next), 1);
    next = selectBest(left, rules);
  }
  return order;
}

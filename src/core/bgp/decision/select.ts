/*
 * The decision process (RFC 4271 §9.1), and our implementation of it.
 *
 * RFC 4271                                          here
 * ------------------------------------------------  -----------------------------------------------------------------
 * Phase 1 (§9.1.1): rate each received route by     update/import.ts, on arrival: loop checks, limits, import policy.
 * policy; drop the ineligible ones.                 The rating is LOCAL_PREF. An ineligible route stays in its
 *                                                   Adj-RIB-In with the reason, so that a new policy can accept it.
 * Phase 2 (§9.1.2): choose one route for each       update/decide.ts, once for each NLRI that a turn has touched, with
 * destination and install it in the Loc-RIB.        `selectBest`. `eligible` comes first, then the steps below.
 * Phase 3 (§9.1.3): tell each peer what policy      update/dissemination.ts, when the message to the peer is written:
 * lets it know.                                     the difference between its Adj-RIB-Out and what export policy gives.
 *
 * Tie-breaking (§9.1.2.2)                           step
 * ------------------------------------------------  -----------------------------------------------------------------
 * (§9.1.2) highest degree of preference             local-pref
 *                                                   locally-originated: our own agents before those of peers
 * a) fewest ASes, a set counts once                 as-path
 * b) lowest ORIGIN                                  none: NLRI are never injected from another protocol
 * c) lowest MED within one neighbour AS             med: across all neighbours, or as the RFC with `same-neighbor`
 * d) external before internal                       external
 * e) lowest interior cost                           none: there is no interior routing protocol
 *                                                   origin-time: the route that has stood longest
 * f) lowest BGP identifier                          originator-id: ORIGINATOR_ID in its place, if present (RFC 4456 §9)
 *    shortest CLUSTER_LIST (RFC 4456 §9)            cluster-list
 * g) lowest peer address                            peer-address: the URL of the peer, as text
 *
 * Deviations:
 * - MED measures health and is compared across all neighbours by default. Otherwise health would decide only between
 *   routes of one AS.
 * - An unreachable next hop excludes a route only while another route is reachable. Stale routes rank behind fresh ones.
 * - A policy file may reorder the steps, except for the last three: the outcome must be the same in every order of arrival.
 * - `multipath` lets calls use several routes: equal in local-pref, locally-originated, as-path and external, with MED within
 *   a tolerance. Only the best route is advertised.
 * - A best route that moves too often is held for a while (update/decide.ts), because no single router can see a dispute of
 *   policies.
 */
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

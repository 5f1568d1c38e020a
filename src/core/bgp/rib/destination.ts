import type { Nlri } from '../packet/nlri.ts';
import type { DecisionStep } from '../policy/policy.ts';
import type { Route } from './route.ts';

/** Everything known about one NLRI: its routes from all sources and what the decision process made of them (RFC 4271 §3.2). */
export interface Destination {
  readonly nlri: Nlri;
  /** One route per source, eligible or not, in the order of arrival; the order decides nothing. */
  readonly routes: readonly Route[];
  /** The route in the Loc-RIB, or undefined when no route is eligible (RFC 4271 §9.1.2). */
  readonly best: Route | undefined;
  /** The routes among which calls may be balanced, the best first. Empty exactly when there is no best. */
  readonly multipath: readonly Route[];
  /** The time until which a disputed destination keeps its present route, in milliseconds. */
  readonly heldUntil: number | undefined;
}

/** The reason why a route is not the best: it cannot be chosen, or lost at a step. */
export type Loss =
  | { readonly route: Route; readonly reason: 'ineligible' }
  | { readonly route: Route; readonly reason: 'stale' }
  | { readonly route: Route; readonly reason: 'next-hop-unusable' }
  | { readonly route: Route; readonly reason: 'held-down' }
  | { readonly route: Route; readonly reason: DecisionStep };

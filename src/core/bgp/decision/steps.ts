import { neighborAs, pathLength } from '../packet/as-path.ts';
import { compareRouterIds } from '../packet/router-id.ts';
import type { DecisionStep } from '../policy/policy.ts';
import type { Route, Source } from '../rib/route.ts';
import type { DecisionRules } from './rules.ts';

/** Takes away the candidates that lose at one step; at least one always stays (RFC 4271 §9.1.2.2). */
export type Eliminate = (candidates: readonly Route[], rules: DecisionRules) => readonly Route[];

/** The steps of the decision process by name; a configuration puts them in order (RFC 4271 §9.1.2.2). */
export const STEPS: Readonly<Record<DecisionStep, Eliminate>> = {
  /** The degree of preference (RFC 4271 §9.1.1). */
  'local-pref': (candidates) => lowest(candidates, (route) => -route.attributes.localPref),
  /** Prefers routes that this router originates itself. */
  'locally-originated': (candidates) => lowest(candidates, (route) => (route.source.kind === 'peer' ? 1 : 0)),
  /** (RFC 4271 §9.1.2.2 a) */
  'as-path': (candidates) => lowest(candidates, (route) => pathLength(route.attributes.asPath)),
  /** (RFC 4271 §9.1.2.2 c) */
  med: (candidates, rules) =>
    rules.compareMed === 'always' ? lowest(candidates, medOf) : lowestMedPerNeighbor(candidates),
  /** (RFC 4271 §9.1.2.2 d) */
  external: (candidates) => lowest(candidates, (route) => (isInternal(route) ? 1 : 0)),
  /** Ours: the longest-standing origin, which moves least. */
  'origin-time': (candidates) => lowest(candidates, (route) => route.attributes.originTime),
  /** (RFC 4271 §9.1.2.2 f, RFC 4456 §9) */
  'originator-id': (candidates, rules) =>
    first(candidates, (a, b) => compareRouterIds(originatorOf(a, rules), originatorOf(b, rules))),
  /** (RFC 4456 §9) */
  'cluster-list': (candidates) => lowest(candidates, (route) => route.attributes.clusterList?.length ?? 0),
  /** (RFC 4271 §9.1.2.2 g) */
  'peer-address': (candidates) => first(candidates, compareAddresses),
};

/** Between sources that have no address in common the order must only be the same on every arrival. */
const SOURCE_ORDER: readonly Source['kind'][] = ['stub', 'self', 'peer'];

function medOf(route: Route): number {
  return route.attributes.med;
}

function isInternal(route: Route): boolean {
  return route.source.kind === 'peer' && !route.source.external;
}

function originatorOf(route: Route, rules: DecisionRules): string {
  return route.attributes.originatorId ?? (route.source.kind === 'peer' ? route.source.routerId : rules.routerId);
}

/** Keeps the routes that no route from the same neighbour AS beats, which is why pairs cannot give the outcome. */
function lowestMedPerNeighbor(candidates: readonly Route[]): readonly Route[] {
  const lowestOf = new Map<number | undefined, number>();
  for (const route of candidates) {
    const neighbor = neighborAs(route.attributes.asPath);
    lowestOf.set(neighbor, Math.min(lowestOf.get(neighbor) ?? Infinity, medOf(route)));
  }
  return candidates.filter((route) => medOf(route) === lowestOf.get(neighborAs(route.attributes.asPath)));
}

function compareAddresses(a: Route, b: Route): number {
  if (a.source.kind === 'stub' && b.source.kind === 'stub') return a.source.rank - b.source.rank;
  if (a.source.kind === 'peer' && b.source.kind === 'peer') {
    return compareText(a.source.address, b.source.address) || compareText(a.source.id, b.source.id);
  }
  return SOURCE_ORDER.indexOf(a.source.kind) - SOURCE_ORDER.indexOf(b.source.kind);
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function lowest(candidates: readonly Route[], key: (route: Route) => number): readonly Route[] {
  return first(candidates, (a, b) => key(a) - key(b));
}

/** Returns all candidates that compare equal to the least one. `compare` must be an order, which no pairwise MED rule is. */
function first(candidates: readonly Route[], compare: (a: Route, b: Route) => number): readonly Route[] {
  const least = candidates.reduce((best, route) => (compare(route, best) < 0 ? route : best));
  return candidates.filter((route) => compare(route, least) === 0);
}

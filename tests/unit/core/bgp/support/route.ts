import type { PathAttributes } from '../../../../../src/core/bgp/packet/attributes.ts';
import { DEFAULT_DECISION } from '../../../../../src/core/bgp/policy/policy.ts';
import type { MultipathRules } from '../../../../../src/core/bgp/decision/multipath.ts';
import type { PeerSource, Route, Source } from '../../../../../src/core/bgp/rib/route.ts';

/** An attribute set that wins nothing and loses nothing. */
export const baseAttributes: PathAttributes = {
  asPath: [65002, 65003],
  nextHop: 'http://127.0.0.1:4111',
  localPref: 100,
  med: 50,
  communities: [],
  capabilities: [],
  originTime: 1_000,
};

export const basePeer: PeerSource = {
  kind: 'peer',
  id: 'b',
  asn: 65002,
  external: true,
  routerId: '10.0.0.2',
  address: 'http://b:3001',
};

export interface RouteChange {
  readonly attributes?: Partial<PathAttributes>;
  readonly peer?: Partial<PeerSource>;
  readonly source?: Source;
  readonly stale?: boolean;
  readonly ineligible?: Route['ineligible'];
}

/** A route that differs from the base route in what is named. */
export function routeWith(change: RouteChange = {}): Route {
  const attributes = { ...baseAttributes, ...change.attributes };
  return {
    nlri: 'weatherAgent',
    source: change.source ?? { ...basePeer, ...change.peer },
    received: attributes,
    attributes,
    weight: 1,
    life: undefined,
    label: undefined,
    stale: change.stale ?? false,
    ineligible: change.ineligible,
  };
}

export const defaultRules: MultipathRules = {
  steps: DEFAULT_DECISION,
  compareMed: 'always',
  routerId: '10.0.0.1',
  unusable: new Set(),
  maxPaths: 4,
  medTolerance: 0,
  asn: 65000,
  groups: [],
};

/** Every order of the items. */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}

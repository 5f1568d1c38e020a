import { familyOf, idOf } from '../../core/bgp/packet/nlri.ts';
import { coversCapability } from '../../core/bgp/policy/match.ts';
import type { Route } from '../../core/bgp/rib/route.ts';
import type { HopLoads } from './hop-loads.ts';
import { METHODS, type MethodName, type Turns, type Way } from './methods.ts';
import { LruMap } from './lru-map.ts';

/** A call for which one of several equal routes is chosen. */
export interface BalancedCall {
  /** Target as the caller wrote it. */
  readonly target: string;
  readonly required: readonly string[];
  /** Returns the conversation that the call belongs to; undefined if it belongs to none. */
  readonly conversation: () => string | undefined;
}

/** Routes of a call that may be taken as well as the best. */
export interface EqualRoutes {
  /** Routes among which the call is balanced, the best first. */
  readonly members: readonly Route[];
  /**
   * Routes among which a conversation keeps its route: the members, and routes that only their health keeps from being
   * members.
   */
  readonly kin: readonly Route[];
}

const MAX_TARGETS = 10_000;
const MAX_CONVERSATIONS = 10_000;

/** Weights of a match: a capability that is named exactly counts more than one below it. */
const EXACT = 10;
const BELOW = 5;

/** Spreads calls over equal routes. A conversation stays with the copy that remembers it. */
export class Balancer {
  readonly #method: MethodName;
  readonly #loads: HopLoads;
  readonly #turns = new LruMap<string, Turns>(MAX_TARGETS);
  readonly #homes = new LruMap<string, string>(MAX_CONVERSATIONS);

  constructor(method: MethodName, loads: HopLoads) {
    this.#method = method;
    this.#loads = loads;
  }

  /** Returns the routes of a call with the chosen one first. */
  order(routes: readonly Route[], { members, kin }: EqualRoutes, call: BalancedCall): readonly Route[] {
    const conversation = call.conversation();
    const home = conversation === undefined ? undefined : JSON.stringify([call.target, conversation]);
    const known = home === undefined ? undefined : this.#homes.get(home);
    const chosen = kin.find((route) => placeOf(route) === known) ?? this.#choose(members, call);
    if (chosen === undefined) return routes;
    if (home !== undefined) this.#homes.set(home, placeOf(chosen));
    return [...new Set([chosen, ...members, ...routes])];
  }

  #choose(members: readonly Route[], { target, required }: BalancedCall): Route | undefined {
    if (members.length < 2) return members[0];
    const turns = this.#turns.get(target) ?? { calls: 0, credits: new Map<string, number>() };
    turns.calls += 1;
    this.#turns.set(target, turns);
    const ways = members.map((route) => ({ route, ...this.#way(route, required) }));
    const chosen = METHODS[this.#method](ways, turns);
    for (const nextHop of turns.credits.keys()) {
      if (!ways.some((way) => way.nextHop === nextHop)) turns.credits.delete(nextHop);
    }
    return ways.find((way) => way === chosen)?.route;
  }

  #way(route: Route, required: readonly string[]): Way {
    const { nextHop } = route.attributes;
    return {
      nextHop,
      weight: route.weight,
      quality: required.reduce((sum, wanted) => sum + quality(route, wanted), 0),
      outstanding: this.#loads.outstanding(nextHop),
      latencyMs: this.#loads.latencyMs(nextHop, route.nlri),
    };
  }
}

function placeOf({ nlri, attributes }: Route): string {
  return `${attributes.nextHop} ${nlri}`;
}

function quality({ nlri, attributes }: Route, wanted: string): number {
  const own = familyOf(nlri) === 'capability' ? [idOf(nlri)] : [];
  const present = [...own, ...attributes.capabilities];
  if (present.includes(wanted)) return EXACT;
  return present.some((path) => coversCapability(wanted, path)) ? BELOW : 0;
}

/** One of several equal ways. */
export interface Way {
  readonly nextHop: string;
  readonly weight: number;
  /** How well it matches the required capabilities. */
  readonly quality: number;
  readonly outstanding: number;
  readonly latencyMs: number | undefined;
}

/** What is remembered of one target between its calls. */
export interface Turns {
  calls: number;
  /** What each next hop has in hand; the richest is next. */
  readonly credits: Map<string, number>;
}

/** Chooses one of at least two ways. */
type Method = (ways: readonly Way[], turns: Turns) => Way | undefined;

/** One call in so many goes to another than the fastest way, so that its time stays known. */
const EXPLORE_EVERY = 20;

/** The methods of balancing by the names that the configuration uses. */
export const METHODS = {
  'round-robin': (ways, turns) => inTurn(ways, turns, () => 1),
  weighted: (ways, turns) => inTurn(ways, turns, ({ weight }) => weight),
  /** The fastest as measured here; what is not measured yet is tried first. */
  'latency-based': (ways, turns) => {
    const fastest = least(ways, ({ latencyMs }) => latencyMs ?? -1);
    if (fastest === undefined || fastest.latencyMs === undefined || turns.calls % EXPLORE_EVERY !== 0) return fastest;
    const others = ways.filter((way) => way !== fastest);
    return others[(turns.calls / EXPLORE_EVERY) % others.length];
  },
  /** The best match of what is required; equally good ones in turn, by weight. */
  'capability-aware': (ways, turns) => {
    const best = Math.max(...ways.map(({ quality }) => quality));
    return inTurn(
      ways.filter(({ quality }) => quality === best),
      turns,
      ({ weight }) => weight,
    );
  },
  /** The fewest calls under way for its weight; equally busy ones in turn. */
  'least-outstanding': (ways, turns) => {
    const load = ({ outstanding, weight }: Way): number => outstanding / weight;
    const fewest = Math.min(...ways.map(load));
    return inTurn(
      ways.filter((way) => load(way) === fewest),
      turns,
      ({ weight }) => weight,
    );
  },
} as const satisfies Record<string, Method>;

export type MethodName = keyof typeof METHODS;

/** Everyone earns its share with every call, and the richest pays for all: even also over short stretches. */
function inTurn(ways: readonly Way[], { credits }: Turns, share: (way: Way) => number): Way | undefined {
  let total = 0;
  for (const way of ways) {
    total += share(way);
    credits.set(way.nextHop, (credits.get(way.nextHop) ?? 0) + share(way));
  }
  const next = least(ways, ({ nextHop }) => -(credits.get(nextHop) ?? 0));
  if (next !== undefined) credits.set(next.nextHop, (credits.get(next.nextHop) ?? 0) - total);
  return next;
}

/** The first of the least. */
function least(ways: readonly Way[], key: (way: Way) => number): Way | undefined {
  let found: Way | undefined;
  for (const way of ways) if (found === undefined || key(way) < key(found)) found = way;
  return found;
}

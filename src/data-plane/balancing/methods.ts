/** One of several equally good next hops. */
export interface Way {
  readonly nextHop: string;
  readonly weight: number;
  /** Score of its match with the required capabilities. */
  readonly quality: number;
  readonly outstanding: number;
  readonly latencyMs: number | undefined;
}

/** State of one target that is kept between its calls. */
export interface Turns {
  calls: number;
  /** Credit of each next hop. The next hop with most credit gets the next call. */
  readonly credits: Map<string, number>;
}

/** Chooses one of at least two next hops. */
type Method = (ways: readonly Way[], turns: Turns) => Way | undefined;

/** Every twentieth call goes to a next hop other than the fastest, so that its response time stays known. */
const EXPLORE_EVERY = 20;

/** Balancing methods by their names in the configuration. */
export const METHODS = {
  'round-robin': (ways, turns) => inTurn(ways, turns, () => 1),
  weighted: (ways, turns) => inTurn(ways, turns, ({ weight }) => weight),
  /** Chooses the fastest as measured here. Next hops without a measurement are tried first. */
  'latency-based': (ways, turns) => {
    const fastest = least(ways, ({ latencyMs }) => latencyMs ?? -1);
    if (fastest === undefined || fastest.latencyMs === undefined || turns.calls % EXPLORE_EVERY !== 0) return fastest;
    const others = ways.filter((way) => way !== fastest);
    return others[(turns.calls / EXPLORE_EVERY) % others.length];
  },
  /** Chooses the best match of the required capabilities. Equal matches take turns by weight. */
  'capability-aware': (ways, turns) => {
    const best = Math.max(...ways.map(({ quality }) => quality));
    return inTurn(
      ways.filter(({ quality }) => quality === best),
      turns,
      ({ weight }) => weight,
    );
  },
  /** Chooses the fewest running calls for its weight. Equally busy next hops take turns by weight. */
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

/**
 * Chooses by smooth weighted round-robin. With every call each next hop gains its share, and the one with most credit
 * pays the total. This spreads calls evenly over short stretches too.
 */
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

/** Returns the first element with the smallest key. */
function least(ways: readonly Way[], key: (way: Way) => number): Way | undefined {
  let found: Way | undefined;
  for (const way of ways) if (found === undefined || key(way) < key(found)) found = way;
  return found;
}

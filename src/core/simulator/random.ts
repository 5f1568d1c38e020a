/** A stream of numbers that is the same for the same seed, so that a run can be repeated to the byte. */
export interface Random {
  /** Returns a number from [0, 1). */
  next(): number;
  /** An integer from [0, bound). */
  below(bound: number): number;
  /** An integer from [from, to], both included. */
  between(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
  /** The items in another order. */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * Creates the generator sfc32 of PractRand. Streams of one seed do not depend on one another: a run that draws one latency more
 * keeps its faults.
 */
export function createRandom(seed: number, stream = 0): Random {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = stream >>> 0;
  let counter = 1;
  function word(): number {
    const sum = (((a + b) >>> 0) + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum;
  }
  // The first words still show the seed.
  for (let i = 0; i < 15; i++) word();

  const next = (): number => word() / 2 ** 32;
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    between: (from, to) => from + below(to - from + 1),
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('there is nothing to pick from');
      return item;
    },
    shuffle: (items) => {
      const drawn = items.map((item) => ({ item, key: next() }));
      return drawn.sort((x, y) => x.key - y.key).map(({ item }) => item);
    },
  };
}

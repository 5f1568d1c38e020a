/** Which routers there are, by number, and which of them peer. */
export interface Shape {
  /** The AS of each router. */
  readonly asns: readonly number[];
  readonly links: readonly Link[];
  /** How long a peer may be silent, where it is not the default. */
  readonly holdTimeSeconds?: number;
}

export interface Link {
  readonly between: readonly [number, number];
  /** The second router is a client of the first, which reflects. */
  readonly client?: true;
}

const ownAs = (count: number): number[] => Array.from({ length: count }, (_, at) => 64_600 + at);
const link = (a: number, b: number): Link => ({ between: [a, b] });

export function chain(count: number): Shape {
  return { asns: ownAs(count), links: Array.from({ length: count - 1 }, (_, at) => link(at, at + 1)) };
}

export function ring(count: number): Shape {
  const { asns, links } = chain(count);
  return { asns, links: [...links, link(count - 1, 0)] };
}

export function mesh(count: number): Shape {
  const asns = ownAs(count);
  return { asns, links: asns.flatMap((_, a) => asns.slice(a + 1).map((__, at) => link(a, a + 1 + at))) };
}

/** A Clos network of 20 in three layers: routers 0 to 7 at the edge, 8 to 15 in the middle, 16 to 19 at the core. */
export function clos(): Shape {
  const pods = [0, 1, 2, 3];
  const links = pods.flatMap((pod) => {
    const [edges, middles] = [pod * 2, 8 + pod * 2];
    return [0, 1].flatMap((at) => [
      link(edges, middles + at),
      link(edges + 1, middles + at),
      link(middles + at, 16 + at * 2),
      link(middles + at, 17 + at * 2),
    ]);
  });
  return { asns: ownAs(20), links };
}

/** One AS: two reflectors on top (6, 7), two below them (4, 5), and two clients of each of those (0 to 3). */
export function reflectors(): Shape {
  const client = (reflector: number, of: number): Link => ({ between: [reflector, of], client: true });
  const links = [
    link(6, 7),
    ...[client(6, 4), client(6, 5), client(7, 4), client(7, 5)],
    ...[client(4, 0), client(4, 1), client(5, 2), client(5, 3)],
  ];
  return { asns: Array.from({ length: 8 }, () => 64_600), links };
}

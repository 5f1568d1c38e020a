/** The AS of the first router; the others count on from it. */
export const FIRST_ASN = 64_600;

/** What came of a route, and when. */
export interface Heard {
  readonly route: number;
  readonly reachable: boolean;
  readonly at: number;
}

/** A peer that routes nothing: it tells a router of routes, which are numbers here, and notes what it hears. */
export interface Probe {
  /** Routes in as few UPDATEs as there may be, made now and sent when called. */
  announcing(routes: readonly number[]): () => void;
  withdrawing(routes: readonly number[]): () => void;
  /** Passes on what is heard from now on. */
  listen(listener: (heard: Heard) => void): void;
  close(): Promise<void>;
}

/** Routers joined by links, and probes that may dial them. */
export interface BenchPlan {
  readonly routers: number;
  readonly links: readonly (readonly [number, number])[];
  /** The ASes of the probes that each router may be dialled by. */
  readonly probes: (router: number) => readonly number[];
}

/** Started routers with all their sessions up. */
export interface BenchNetwork {
  probe(asn: number, router: number): Promise<Probe>;
  /** How many UPDATEs the routers have sent to one another. */
  updates(): Promise<number>;
  residentMb(router: number): Promise<number>;
  stop(): Promise<void>;
}

/** A program that routes, ours or another. */
export interface Contender {
  readonly name: string;
  start(plan: BenchPlan): Promise<BenchNetwork>;
}

/** Resolves with the time at which the probe hears of a change of the route. */
export function next(probe: Probe, route: number): Promise<number> {
  return new Promise((resolve) => {
    probe.listen((heard) => {
      if (heard.route === route) resolve(heard.at);
    });
  });
}

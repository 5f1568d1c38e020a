import type { Nlri } from '../packet/nlri.ts';
import type { Route, Source } from './route.ts';

/** The routes of one NLRI, and the chosen one (RFC 4271 §9.1.2). */
export interface Entry {
  readonly nlri: Nlri;
  /** The place of the NLRI in the order in which they came, from 1 on; one that goes and comes back gets a new place. */
  readonly serial: number;
  /** One route per source, eligible or not. */
  readonly routes: Route[];
  best: Route | undefined;
  /** The number of moves of the best route to another source since `since`: the measure of a dispute. */
  moves: number;
  since: number;
  /** The time until which the best route is kept where it is; 0 when it never was. */
  heldUntil: number;
  /** The number of holds in a row: each doubles the time of the next. */
  holds: number;
}

/** All NLRI that some neighbour has told of, each with all its routes and the chosen one (RFC 4271 §3.2). */
export class LocRib {
  readonly #entries = new Map<Nlri, Entry>();
  #newest = 0;

  /** The serial of the NLRI that came last, 0 before the first. */
  get newest(): number {
    return this.#newest;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(nlri: Nlri): Entry | undefined {
    return this.#entries.get(nlri);
  }

  entries(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  /** Yields the entries that came after one with this serial, in the order in which they came. */
  *after(serial: number): Generator<Entry> {
    for (const entry of this.#entries.values()) if (entry.serial > serial) yield entry;
  }

  /** Puts a route in the place of the one from the same source (RFC 4271 §3.1, implicit withdraw). */
  put(route: Route): void {
    const entry = this.#entries.get(route.nlri);
    if (entry === undefined) {
      const { nlri } = route;
      const serial = (this.#newest += 1);
      const routes = [route];
      this.#entries.set(nlri, { nlri, serial, routes, best: undefined, moves: 0, since: 0, heldUntil: 0, holds: 0 });
      return;
    }
    const at = entry.routes.findIndex((known) => sameSource(known.source, route.source));
    if (at === -1) entry.routes.push(route);
    else entry.routes[at] = route;
  }

  /** Takes a source's route away; the entry stays until {@link LocRib.dropIfEmpty}, so that its best can be compared. */
  remove(nlri: Nlri, source: Source): void {
    const routes = this.#entries.get(nlri)?.routes;
    const at = routes?.findIndex((known) => sameSource(known.source, source)) ?? -1;
    if (at !== -1) routes?.splice(at, 1);
  }

  /** Forgets an entry that has no route left. */
  dropIfEmpty(entry: Entry): void {
    if (entry.routes.length === 0) this.#entries.delete(entry.nlri);
  }
}

/** True if two routes come from the same neighbour. */
export function sameSource(a: Source, b: Source): boolean {
  if (a === b) return true;
  if (a.kind === 'self' || b.kind === 'self') return a.kind === b.kind;
  return a.kind === b.kind && a.id === b.id;
}

import type { Nlri } from '../packet/nlri.ts';
import type { StubId } from './route.ts';

/** A route of our own that is not originated, because its attributes are more than a message may carry (RFC 4271 §9.2). */
export interface LeftOut {
  readonly nlri: Nlri;
  /** The server whose agent it is; undefined for an aggregate of ours. */
  readonly stub: StubId | undefined;
  /** The part that is too large, as it stands behind "it has". */
  readonly excess: string;
}

/** All routes of our own that are not originated, by server and NLRI (RFC 4271 §9.2). */
export class LeftOutRoutes {
  readonly #byStub = new Map<StubId | undefined, Map<Nlri, LeftOut>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  *values(): Generator<LeftOut> {
    for (const routes of this.#byStub.values()) yield* routes.values();
  }

  /** Adds a route, or its new excess; false if the table holds it already. */
  add(leftOut: LeftOut): boolean {
    const { nlri, stub, excess } = leftOut;
    const routes = this.#byStub.get(stub) ?? new Map<Nlri, LeftOut>();
    const before = routes.get(nlri);
    if (before?.excess === excess) return false;
    this.#byStub.set(stub, routes.set(nlri, leftOut));
    if (before === undefined) this.#size += 1;
    return true;
  }

  remove(nlri: Nlri, stub: StubId | undefined): void {
    const routes = this.#byStub.get(stub);
    if (routes?.delete(nlri) !== true) return;
    this.#size -= 1;
    if (routes.size === 0) this.#byStub.delete(stub);
  }
}

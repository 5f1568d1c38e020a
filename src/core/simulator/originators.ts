import type { Label } from '../bgp/packet/message.ts';
import { idOf, type Nlri } from '../bgp/packet/nlri.ts';
import type { Router } from './simulated-router.ts';

/** The agents that routers really have: the truth against which tables and announcements are checked. */
export class Originators {
  readonly #routers: ReadonlyMap<string, Router>;
  /** True if some router has an agent with a capability. */
  readonly #capable = new Map<Nlri, boolean>();

  constructor(routers: ReadonlyMap<string, Router>) {
    this.#routers = routers;
  }

  /** Forgets the answers, because some router has other agents than before. */
  changed(): void {
    this.#capable.clear();
  }

  /**
   * True if a route's origination still lasts. The label says which one it is; a capability route has none and lasts as
   * long as anyone has such an agent.
   */
  lasts(nlri: Nlri, label: Label | undefined): boolean {
    if (label !== undefined) {
      const [name = ''] = label.description.split('#');
      return this.#routers.get(name)?.originationOf(nlri)?.label.description === label.description;
    }
    const known = this.#capable.get(nlri) ?? this.#isCapable(idOf(nlri));
    this.#capable.set(nlri, known);
    return known;
  }

  #isCapable(path: string): boolean {
    return [...this.#routers.values()].some((router) =>
      router.originations.some(({ capabilities }) => capabilities.includes(path)),
    );
  }
}

import type { Nlri } from '../bgp/packet/nlri.ts';
import type { Router } from './simulated-router.ts';

/** A route on which routers cannot agree. */
export interface Oscillation {
  readonly nlri: Nlri;
  /** Routers that each choose by way of the next and so unsettle one another: the wheel of a dispute. */
  readonly wheel: readonly string[];
  /** All others that change with them. */
  readonly follow: readonly string[];
}

interface Wavering {
  changes: number;
  /** The peers by way of which the router chose. */
  readonly via: Set<string>;
}

/** Watches a network that does not come to rest for the routers that keep it moving. */
export class OscillationWatch {
  readonly #wavering = new Map<Nlri, Map<string, Wavering>>();

  bestChanged(router: Router, nlri: Nlri): void {
    const routers = this.#wavering.get(nlri) ?? new Map<string, Wavering>();
    this.#wavering.set(nlri, routers);
    const wavering = routers.get(router.name) ?? { changes: 0, via: new Set() };
    routers.set(router.name, wavering);
    wavering.changes++;
    const source = router.best(nlri)?.source;
    if (source?.kind === 'peer') wavering.via.add(source.id);
  }

  /** The states that were seen again and again. A single change is no more than slow. */
  get oscillations(): Oscillation[] {
    return [...this.#wavering].flatMap(([nlri, all]) => {
      const again = [...all].filter(([, { changes }]) => changes > 2);
      const routers = new Map(again.sort(([a], [b]) => (a < b ? -1 : 1)));
      if (routers.size === 0) return [];
      const wheel = [...routers.keys()].filter((name) => reaches(name, name, routers));
      const named = wheel.length > 0 ? wheel : [...routers.keys()];
      return [{ nlri, wheel: named, follow: [...routers.keys()].filter((name) => !named.includes(name)) }];
    });
  }
}

/** True if a router comes back to itself by following, from each router, the peers by way of which it chose. */
function reaches(from: string, to: string, routers: ReadonlyMap<string, Wavering>): boolean {
  const seen = new Set<string>();
  const ahead = [...(routers.get(from)?.via ?? [])];
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === to) return true;
    if (seen.has(name)) continue;
    seen.add(name);
    ahead.push(...(routers.get(name)?.via ?? []));
  }
  return false;
}

import type { Nlri } from '../bgp/packet/nlri.ts';
import type { Originators } from './originators.ts';
import type { Router } from './simulated-router.ts';

/** A state that no network at rest may be in. */
export type Violation =
  /** A router believes in a route that its originator no longer has. */
  | { readonly type: 'ghost'; readonly nlri: Nlri; readonly router: string }
  /** Following the best routes from here comes past a router twice. */
  | { readonly type: 'loop'; readonly nlri: Nlri; readonly path: readonly string[] }
  /** Following the best routes from here ends at a router that has none. */
  | { readonly type: 'black-hole'; readonly nlri: Nlri; readonly path: readonly string[] };

/** Returns every fault of the tables of a network at rest. */
export function violations(routers: ReadonlyMap<string, Router>, originators: Originators): Violation[] {
  const found: Violation[] = [];
  for (const router of routers.values()) {
    for (const { nlri, label } of router.routes()) {
      if (!originators.lasts(nlri, label)) found.push({ type: 'ghost', nlri, router: router.name });
      const violation = follow(nlri, router, routers);
      if (violation !== undefined) found.push(violation);
    }
  }
  return found;
}

function follow(nlri: Nlri, start: Router, routers: ReadonlyMap<string, Router>): Violation | undefined {
  const path = [start.name];
  for (let router = start; ;) {
    const best = router.best(nlri);
    if (best === undefined) return { type: 'black-hole', nlri, path };
    if (best.source.kind !== 'peer') return undefined;
    const next = routers.get(best.source.id);
    const seen = path.includes(best.source.id);
    path.push(best.source.id);
    if (seen) return { type: 'loop', nlri, path };
    if (next === undefined) return { type: 'black-hole', nlri, path };
    router = next;
  }
}

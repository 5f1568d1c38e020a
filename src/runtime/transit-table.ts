import { advertisable, recipientNamed } from '../bgp/export.ts';
import { callRoutes, hasCrossed } from '../bgp/lookup.ts';
import { familyOf } from '../bgp/packet/nlri.ts';
import type { Route } from '../bgp/rib/route.ts';
import type { Speaker } from '../bgp/state.ts';
import { locRib, longestMatch } from '../bgp/view.ts';
import type { TransitTable } from '../forwarding/ports.ts';

/** The speaker as the calls of others read it. */
export function transitTable(speaker: Speaker): TransitTable {
  return {
    hasCrossed: (crossed) => hasCrossed(speaker, crossed),
    routes: (nlri, asking) => callRoutes(speaker, nlri, asking),
    longestMatch: (path) => longestMatch(speaker, path)?.nlri,
    *visibleTo(caller): Generator<Route> {
      const asker = caller === undefined ? undefined : recipientNamed(speaker, caller, 'agent');
      for (const { nlri, best } of locRib(speaker)) {
        if (best === undefined || familyOf(nlri) !== 'agent') continue;
        if (caller === undefined) yield best;
        const attributes = asker && advertisable(speaker, asker, best);
        if (attributes !== undefined) yield { ...best, attributes };
      }
    },
  };
}

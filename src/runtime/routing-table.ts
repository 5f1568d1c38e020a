import { callRoutes, contest, denialBelow, type Asking } from '../bgp/lookup.ts';
import { EMPTY_PATH } from '../bgp/packet/as-path.ts';
import { DEFAULT_LOCAL_PREF } from '../bgp/packet/attributes.ts';
import { evaluate } from '../bgp/policy/evaluate.ts';
import type { Route } from '../bgp/rib/route.ts';
import type { Speaker } from '../bgp/state.ts';
import { destination, locRib, longestMatch } from '../bgp/view.ts';
import type { RoutingTable } from '../forwarding/ports.ts';

/** The speaker as forwarding reads it. */
export function routingTable(speaker: Speaker): RoutingTable {
  return {
    destination: (nlri) => destination(speaker, nlri),
    longestMatch: (path) => longestMatch(speaker, path),
    locRib: () => locRib(speaker),
    callRoutes: (nlri, required, only) => callRoutes(speaker, nlri, fromHere(required, only)),
    contest: (nlri, required, only, first) => contest(speaker, nlri, fromHere(required, only), first),
    denialBelow: (route, path) => denialBelow(speaker, route, path, undefined),
    judge: (nlri, nextHop) => {
      const { asn } = speaker.settings;
      const attributes = {
        asPath: EMPTY_PATH,
        nextHop,
        localPref: DEFAULT_LOCAL_PREF,
        med: 0,
        communities: [],
        capabilities: [],
        originTime: 0,
      };
      return evaluate(speaker.policy.import, attributes, { nlri, neighbor: { asn, name: nextHop }, prependAsn: asn });
    },
  };
}

function fromHere(required: readonly string[], only: (route: Route) => boolean): Asking {
  return { from: undefined, crossed: [], required, only };
}

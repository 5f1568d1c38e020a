import { failoverOrder } from '../bgp/decision/multipath.ts';
import { selectBest } from '../bgp/decision/select.ts';
import { EMPTY_PATH } from '../bgp/packet/as-path.ts';
import { DEFAULT_LOCAL_PREF } from '../bgp/packet/attributes.ts';
import { evaluate } from '../bgp/policy/evaluate.ts';
import type { Speaker } from '../bgp/state.ts';
import { contributors, destination, locRib, longestMatch } from '../bgp/view.ts';
import type { RoutingTable } from '../forwarding/ports.ts';

/** The speaker as forwarding reads it. */
export function routingTable(speaker: Speaker): RoutingTable {
  return {
    destination: (nlri) => destination(speaker, nlri),
    longestMatch: (path) => longestMatch(speaker, path),
    contributors: (nlri) => contributors(speaker, nlri),
    locRib: () => locRib(speaker),
    selectBest: (routes) => selectBest(routes, speaker.rules),
    failoverOrder: (routes, best) => failoverOrder(routes, best, speaker.rules),
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

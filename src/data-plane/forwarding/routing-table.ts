import { callRoutes, contest, denial, type Asking } from '../../core/bgp/lookup.ts';
import { EMPTY_PATH } from '../../core/bgp/packet/as-path.ts';
import { DEFAULT_LOCAL_PREF } from '../../core/bgp/packet/attributes.ts';
import { evaluate } from '../../core/bgp/policy/evaluate.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';
import { destination, locRib, longestMatch, originates } from '../../core/bgp/view.ts';
import { baseUrl } from './base-url.ts';
import type { RoutingTable, Wanted } from './ports.ts';

/** Returns the speaker's tables as forwarding reads them. */
export function routingTable(speaker: Speaker): RoutingTable {
  return {
    destination: (nlri) => destination(speaker, nlri),
    longestMatch: (path) => longestMatch(speaker, path),
    locRib: () => locRib(speaker),
    originates: (path) => originates(speaker, path),
    callRoutes: (nlri, wanted) => callRoutes(speaker, nlri, fromHere(wanted)),
    contest: (nlri, wanted, first) => contest(speaker, nlri, fromHere(wanted), first),
    denial: (nlri, wanted) => denial(speaker, nlri, fromHere(wanted)),
    isPeer: (url) => [...speaker.peers.values()].some(({ settings }) => baseUrl(settings.url ?? '') === url),
    judge: ({ id: nlri, capabilities, communities }, nextHop) => {
      const { asn } = speaker.settings;
      const attributes = {
        asPath: EMPTY_PATH,
        nextHop,
        localPref: DEFAULT_LOCAL_PREF,
        med: 0,
        communities,
        capabilities,
        originTime: 0,
      };
      return evaluate(speaker.policy.import, attributes, { nlri, neighbor: { asn, name: nextHop }, prependAsn: asn });
    },
  };
}

function fromHere(wanted: Wanted): Asking {
  return { ...wanted, from: undefined, crossed: [] };
}

import { flattenPath, originAs, pathContains } from './packet/as-path.ts';
import { DEFAULT_LOCAL_PREF, type PathAttributes } from './packet/attributes.ts';
import { GRACEFUL_SHUTDOWN, isReserved } from './packet/community.ts';
import { idOf, type Nlri } from './packet/nlri.ts';
import { evaluate } from './policy/evaluate.ts';
import { globMatches } from './policy/glob.ts';
import type { Chain, PolicyContext } from './policy/policy.ts';
import type { IneligibleReason } from './rib/route.ts';
import type { Peer, Speaker, StubTable } from './state.ts';

/** What a router makes of a route that it was told of, before it compares it with others. */
export interface Judgement {
  readonly attributes: PathAttributes;
  readonly weight: number;
  readonly ineligible: IneligibleReason | undefined;
}

/** Judges a stub's agent by the import policy; nothing else can speak against what is our own (RFC 4271 §9.1.1). */
export function judgeStubRoute(speaker: Speaker, table: StubTable, nlri: Nlri, received: PathAttributes): Judgement {
  const { asn, id: name, weight } = table.stub;
  const context = { nlri, neighbor: { asn, name }, prependAsn: asn };
  return applyPolicy(speaker, speaker.policy.import, received, context, weight);
}

/** Judges a peer's route: loops, what the peer may send, then import policy (RFC 4271 §9.1.1, §9.1.2). */
export function judgePeerRoute(speaker: Speaker, peer: Peer, nlri: Nlri, received: PathAttributes): Judgement {
  const ineligible = faultOf(speaker, peer, nlri, received);
  if (ineligible !== undefined) return { attributes: received, weight: 1, ineligible };
  const { asn, id: name, policy } = peer.settings;
  const context = { nlri, neighbor: { asn, name }, prependAsn: asn };
  const chain = (policy ?? speaker.policy).import;
  return applyPolicy(speaker, chain, prepared(speaker, peer, received), context, 1);
}

function applyPolicy(
  speaker: Speaker,
  chain: Chain,
  attributes: PathAttributes,
  context: PolicyContext,
  weight: number,
): Judgement {
  const verdict = evaluate(chain, attributes, context);
  if (!verdict.accepted) {
    const { place, name } = verdict;
    return { attributes, weight, ineligible: { type: 'denied', place, ...(name === undefined ? {} : { name }) } };
  }
  const accepted = withGracefulShutdown(verdict.attributes);
  return {
    attributes: accepted === attributes ? attributes : speaker.interner.intern(accepted),
    weight: verdict.weight ?? weight,
    ineligible: undefined,
  };
}

/** A route that is about to go is the last that anyone should take, whatever policy prefers (RFC 8326 §4.1). */
function withGracefulShutdown(attributes: PathAttributes): PathAttributes {
  return attributes.communities.includes(GRACEFUL_SHUTDOWN) ? { ...attributes, localPref: 0 } : attributes;
}

function faultOf(speaker: Speaker, peer: Peer, nlri: Nlri, route: PathAttributes): IneligibleReason | undefined {
  const { asn, routerId, clusterId } = speaker.settings;
  if (pathContains(route.asPath, asn)) return { type: 'as-loop' };
  if (peer.source.external) {
    if (route.asPath[0] !== peer.settings.asn) return { type: 'first-as' };
  } else {
    if (route.originatorId === routerId) return { type: 'originator-loop' };
    if (route.clusterList?.includes(clusterId)) return { type: 'cluster-loop' };
  }
  return limitFault(peer, nlri, route) ?? (peer.settings.url === undefined ? { type: 'not-callable' } : undefined);
}

function limitFault(peer: Peer, nlri: Nlri, route: PathAttributes): IneligibleReason | undefined {
  const { allowOrigins, allowAgents } = peer.settings;
  if (allowOrigins !== undefined) {
    const origin = originAs(route.asPath);
    const origins = origin === undefined ? flattenPath(route.asPath) : [origin];
    if (!origins.every((as) => allowOrigins.includes(as))) return { type: 'not-allowed', limit: 'allowOrigins' };
  }
  if (allowAgents !== undefined && !allowAgents.some((glob) => globMatches(glob, idOf(nlri)))) {
    return { type: 'not-allowed', limit: 'allowAgents' };
  }
  return undefined;
}

/**
 * The route as import policy sees it: without what only our own AS may say (RFC 4271 §5.1.5, RFC 4456 §8, RFC 7454 §11),
 * and with the next hop that we have configured for the peer, whatever the route claims.
 */
function prepared(speaker: Speaker, peer: Peer, received: PathAttributes): PathAttributes {
  const { url, nextHop } = peer.settings;
  const hop = nextHop === 'unchanged' ? received.nextHop : (url ?? received.nextHop);
  if (!peer.source.external) return speaker.interner.intern({ ...received, nextHop: hop });
  const { originatorId: _originatorId, clusterList: _clusterList, ...rest } = received;
  const reserved = new Set(speaker.policy.reservedCommunities);
  return speaker.interner.intern({
    ...rest,
    nextHop: hop,
    localPref: DEFAULT_LOCAL_PREF,
    communities: received.communities.filter((community) => !isReserved(community, reserved)),
  });
}

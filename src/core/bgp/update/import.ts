import { pathContains } from '../packet/as-path.ts';
import { DEFAULT_LOCAL_PREF, type PathAttributes } from '../packet/attributes.ts';
import { GRACEFUL_SHUTDOWN, withoutReserved } from '../packet/community.ts';
import { familyOf, idOf, qualifierWord, readsAsQualified, type Family, type Nlri } from '../packet/nlri.ts';
import type { Denial } from '../policy/denial.ts';
import { dependsOnNlri, evaluate } from '../policy/evaluate.ts';
import { globMatches } from '../policy/glob.ts';
import type { Chain, PolicyContext, PolicyVerdict } from '../policy/policy.ts';
import { objectionToUnseen } from '../policy/unseen-agent.ts';
import { unreflected } from '../reflection/reflection.ts';
import type { PeerSettings } from '../state/peer-settings.ts';
import type { IneligibleReason } from '../rib/ineligible-reason.ts';
import type { Peer, Speaker, StubTable } from '../state/state.ts';

/** The result of judging a received route, before it is compared with others. */
export interface Judgement {
  readonly attributes: PathAttributes;
  readonly weight: number;
  readonly ineligible: IneligibleReason | undefined;
}

/** Judges the routes of one peer, each with its attributes as received. */
export type Judge = (nlri: Nlri, received: PathAttributes) => Judgement;

/** Judges a stub's agent by the import policy; nothing else can speak against what is our own (RFC 4271 §9.1.1). */
export function judgeStubRoute(speaker: Speaker, table: StubTable, nlri: Nlri, received: PathAttributes): Judgement {
  const { asn, id: name, weight } = table.stub;
  const context = { nlri, neighbor: { asn, name }, prependAsn: asn };
  return damped(table, nlri, applyPolicy(speaker, speaker.policy.import, received, context, weight));
}

/**
 * Judges a peer's routes: loops, what the peer may send, then import policy (RFC 4271 §9.1.1, §9.1.2). Where nothing looks
 * at names, one judgement serves all routes of a family that share an attribute set.
 */
export function peerJudge(speaker: Speaker, peer: Peer): Judge {
  const { asn, id: name, allowAgents } = peer.settings;
  const chain = importChain(speaker, peer);
  const prepare = perAttributes((received) => prepared(speaker, peer, received));
  const judge: Judge = (nlri, received) => {
    const ineligible = faultOf(speaker, peer, nlri, received);
    if (ineligible !== undefined) return { attributes: received, weight: 1, ineligible };
    return applyPolicy(speaker, chain, prepare(received), { nlri, neighbor: { asn, name }, prependAsn: asn }, 1);
  };
  const judgeFamily = (family: Family): Judge =>
    allowAgents !== undefined || dependsOnNlri(chain, family) ? judge : shared(judge);
  const judges: Record<Family, Judge> = { agent: judgeFamily('agent'), capability: judgeFamily('capability') };
  return (nlri, received) => {
    if (isReservedName(speaker, nlri)) {
      return { attributes: received, weight: 1, ineligible: { type: 'reserved-name' } };
    }
    return damped(peer, nlri, judges[familyOf(nlri)](nlri, received));
  };
}

/** True if a peer's name for something reads like one that is qualified by a server or an AS, and would be taken for that one. */
function isReservedName({ settings: { reservedNames } }: Speaker, nlri: Nlri): boolean {
  const id = idOf(nlri);
  const word = qualifierWord(id);
  return word !== undefined && (readsAsQualified(id) || reservedNames?.has(word.toLowerCase()) === true);
}

/** Returns the verdict of import policy alone on a route of a peer (RFC 4271 §9.1.1). */
export function importVerdict(speaker: Speaker, peer: Peer, nlri: Nlri, received: PathAttributes): PolicyVerdict {
  const { asn, id: name } = peer.settings;
  const context = { nlri, neighbor: { asn, name }, prependAsn: asn };
  return evaluate(importChain(speaker, peer), prepared(speaker, peer, received), context);
}

/**
 * Returns the place of import policy, or the limit of the peer, that could reject an agent behind a capability of which the peer
 * has told nothing, or undefined if policy accepts whichever it is (RFC 4271 §9.1.1).
 */
export function importObjection(
  speaker: Speaker,
  peer: Peer,
  capability: string,
  { aggregate }: PathAttributes,
): Denial | undefined {
  const { asn, id: name } = peer.settings;
  const limit = limitOnUnseen(peer.settings, aggregate === true);
  if (limit !== undefined) return { place: limit, name: undefined };
  const crosses = peer.source.external ? [asn] : [];
  return objectionToUnseen(importChain(speaker, peer), { capability, neighbor: { asn, name }, crosses });
}

/** Returns the limit that could stop an unseen agent. The AS set of an aggregate does not name the ASes of its own maker's agents. */
function limitOnUnseen({ allowAgents, allowOrigins }: PeerSettings, isAggregate: boolean) {
  if (allowAgents?.some((glob) => /^\*+$/.test(glob)) === false) return 'allowAgents';
  return isAggregate && allowOrigins !== undefined ? 'allowOrigins' : undefined;
}

function importChain(speaker: Speaker, { settings: { policy } }: Peer): Chain {
  return (policy ?? speaker.policy).import;
}

/** Suppresses a route that nothing else speaks against, but that came and went too often (RFC 2439 §2.2). */
function damped({ flaps }: Peer | StubTable, nlri: Nlri, judgement: Judgement): Judgement {
  const untilMs = flaps?.suppressedUntil(nlri);
  if (untilMs === undefined || judgement.ineligible !== undefined) return judgement;
  return { ...judgement, ineligible: { type: 'damped', untilMs } };
}

function shared(judge: Judge): Judge {
  const known = new Map<PathAttributes, Judgement>();
  return (nlri, received) => {
    const judgement = known.get(received) ?? judge(nlri, received);
    known.set(received, judgement);
    return judgement;
  };
}

function perAttributes(change: (received: PathAttributes) => PathAttributes): typeof change {
  const known = new Map<PathAttributes, PathAttributes>();
  return (received) => {
    const changed = known.get(received) ?? change(received);
    known.set(received, changed);
    return changed;
  };
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

/** Lowers the preference of a route that is about to go, whatever policy prefers (RFC 8326 §4.1). */
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
  return (
    limitFault(peer, nlri, route) ?? (nextHopOf(speaker, peer, route) === '' ? { type: 'not-callable' } : undefined)
  );
}

function limitFault(peer: Peer, nlri: Nlri, route: PathAttributes): IneligibleReason | undefined {
  const { allowOrigins, allowAgents } = peer.settings;
  if (allowOrigins !== undefined) {
    const origins = route.asPath.slice(-1).flat();
    if (!origins.every((as) => allowOrigins.includes(as))) return { type: 'not-allowed', limit: 'allowOrigins' };
  }
  if (allowAgents !== undefined && !allowAgents.some((glob) => globMatches(glob, idOf(nlri)))) {
    return { type: 'not-allowed', limit: 'allowAgents' };
  }
  return undefined;
}

/**
 * Returns the route as import policy sees it: without what only our own AS may say (RFC 4271 §5.1.5, RFC 4456 §8, RFC 7454 §11),
 * and with the next hop that we have configured for the peer, unless the route names one that is allowed.
 */
function prepared(speaker: Speaker, peer: Peer, received: PathAttributes): PathAttributes {
  const nextHop = nextHopOf(speaker, peer, received);
  if (!peer.source.external) return speaker.interner.intern({ ...received, nextHop });
  const communities = withoutReserved(received.communities, speaker.policy.reservedCommunities);
  return speaker.interner.intern({
    ...unreflected(received),
    nextHop,
    localPref: DEFAULT_LOCAL_PREF,
    communities,
  });
}

/** Returns the URL that takes calls: the route's own if it is allowed, else the one that we have for the peer (RFC 4271 §5.1.3). */
function nextHopOf(speaker: Speaker, { settings }: Peer, { nextHop }: PathAttributes): string {
  const isAllowed = nextHop !== '' && speaker.settings.allowNextHops?.some((base) => isBelow(base, nextHop)) === true;
  return isAllowed ? nextHop : (settings.url ?? '');
}

/** True if a URL is a base URL or lies below it, and is plain enough to lead nowhere else. */
function isBelow(base: string, url: string): boolean {
  return url.startsWith(base) && /^(?:\/[\w~-][\w.~-]*)*$/.test(url.slice(base.length));
}

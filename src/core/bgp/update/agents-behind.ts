import { serviceOrigin } from '../decision/multipath.ts';
import { coveringPaths } from '../packet/covering-paths.ts';
import { capabilityNlri, idOf, type Nlri } from '../packet/nlri.ts';
import type { Route } from '../rib/route.ts';
import type { Peer, Speaker } from '../state/state.ts';

/**
 * The most agents of one peer that are examined behind one capability, so that a peer with many does not make a call slow. Where
 * there are so many, some may have been left out.
 */
export const MAX_AGENTS_BEHIND = 64;

/**
 * Returns the agents to which a peer's route to a capability leads when `path` is asked for, as that peer has told of them,
 * those that may not be called included, which come last: those with the capability that covers the path most closely (RFC 4632
 * §5.1), down to the capability of the route itself. Behind a route that is no aggregate they are of its origin AS. There may
 * be others, of which the peer has told nothing.
 */
export function agentsBehind(speaker: Speaker, route: Route, path = idOf(route.nlri)): readonly Route[] {
  const peer = peerOf(speaker, route);
  const isAggregate = route.received.aggregate === true;
  const origin = serviceOrigin(route, speaker.settings.asn);
  const isMeant = (agent: Route): boolean => isAggregate || serviceOrigin(agent, speaker.settings.asn) === origin;
  for (const prefix of coveringPaths(path, idOf(route.nlri))) {
    const agents = some(agentsWith(peer, prefix), isMeant);
    if (agents.length > 0) return agents;
  }
  return [];
}

/** Returns the agents that a peer's aggregate stands for, as far as that peer has told of them (RFC 4271 §9.2.2.2). */
export function agentsSummedUp(speaker: Speaker, aggregate: Route): readonly Route[] {
  const peer = peerOf(speaker, aggregate);
  return some(told(peer, peer?.capabilities.agentsBelow(idOf(aggregate.nlri)) ?? []), () => true);
}

/** Returns a limited number of agents, those that can be called first: others must not keep them out. */
function some(agents: Iterable<Route>, isMeant: (agent: Route) => boolean): readonly Route[] {
  const open: Route[] = [];
  const others: Route[] = [];
  for (const agent of agents) {
    if (!isMeant(agent)) continue;
    if (agent.ineligible === undefined) open.push(agent);
    else if (others.length < MAX_AGENTS_BEHIND) others.push(agent);
    if (open.length === MAX_AGENTS_BEHIND) break;
  }
  return [...open, ...others];
}

/**
 * True if a condition holds for every agent that a peer's router could choose when it is asked for `path` on the strength of this
 * route: it may know of a closer capability and of other ASes than the route says. False if there are too many to look at.
 */
export function everyAgentBehind(
  speaker: Speaker,
  route: Route,
  path: string,
  holds: (agent: Route) => boolean,
): boolean {
  const peer = peerOf(speaker, route);
  let seen = 0;
  for (const prefix of coveringPaths(path, idOf(route.nlri))) {
    for (const agent of agentsWith(peer, prefix)) {
      seen += 1;
      if (seen > MAX_AGENTS_BEHIND || !holds(agent)) return false;
    }
  }
  return true;
}

/** Returns the route that a peer's router follows from this one when `path` is asked for: the closest that it has told of (RFC 4632 §5.1). */
export function closestBehind(speaker: Speaker, route: Route, path: string): Route {
  const peer = peerOf(speaker, route);
  for (const prefix of coveringPaths(path, idOf(route.nlri))) {
    const closer = peer?.adjRibIn.get(capabilityNlri(prefix));
    if (closer !== undefined && !hasEnded(closer)) return closer;
  }
  return route;
}

function peerOf(speaker: Speaker, { source }: Route): Peer | undefined {
  return source.kind === 'peer' ? speaker.peers.get(source.id) : undefined;
}

function agentsWith(peer: Peer | undefined, path: string): Iterable<Route> {
  return told(peer, peer?.capabilities.agentsWith(path) ?? []);
}

function* told(peer: Peer | undefined, nlris: Iterable<Nlri>): Generator<Route> {
  for (const nlri of nlris) {
    const agent = peer?.adjRibIn.get(nlri);
    if (agent !== undefined && !hasEnded(agent)) yield agent;
  }
}

/** True if a route is not there any more. All else that makes it ineligible here does not keep its peer from using it. */
function hasEnded({ ineligible }: Route): boolean {
  return ineligible?.type === 'life-ended';
}

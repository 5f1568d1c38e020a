import { serviceOrigin } from './decision/multipath.ts';
import { capabilityNlri, idOf } from './packet/nlri.ts';
import type { Route } from './rib/route.ts';
import type { Peer, Speaker } from './state.ts';

/** How many agents of one peer are looked at behind one capability, so that a peer with many does not make a call slow. */
export const MAX_AGENTS_BEHIND = 64;

/**
 * Returns the agents to which a peer's route to a capability leads when `path` is asked for, as that peer has told of them,
 * those that may not be called included: those with the capability that covers the path most closely (RFC 4632 §5.1), down to
 * the capability of the route itself. Behind a route that is no aggregate they are of its origin AS. There may be others,
 * of which the peer has told nothing.
 */
export function agentsBehind(speaker: Speaker, route: Route, path = idOf(route.nlri)): readonly Route[] {
  const peer = peerOf(speaker, route);
  const { aggregate } = route.received;
  const origin = serviceOrigin(route, speaker.settings.asn);
  for (const prefix of prefixes(path, idOf(route.nlri))) {
    const agents: Route[] = [];
    for (const agent of agentsWith(peer, prefix)) {
      if (aggregate === true || serviceOrigin(agent, speaker.settings.asn) === origin) agents.push(agent);
      if (agents.length === MAX_AGENTS_BEHIND) break;
    }
    if (agents.length > 0) return agents;
  }
  return [];
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
  for (const prefix of prefixes(path, idOf(route.nlri))) {
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
  for (const prefix of prefixes(path, idOf(route.nlri))) {
    const closer = peer?.adjRibIn.get(capabilityNlri(prefix));
    if (closer !== undefined && !hasEnded(closer)) return closer;
  }
  return route;
}

function peerOf(speaker: Speaker, { source }: Route): Peer | undefined {
  return source.kind === 'peer' ? speaker.peers.get(source.id) : undefined;
}

function* agentsWith(peer: Peer | undefined, path: string): Generator<Route> {
  for (const nlri of peer?.capabilities.agentsWith(path) ?? []) {
    const agent = peer?.adjRibIn.get(nlri);
    if (agent !== undefined && !hasEnded(agent)) yield agent;
  }
}

/** True if a route is not there any more. All else that makes it ineligible here does not keep its peer from using it. */
function hasEnded({ ineligible }: Route): boolean {
  return ineligible?.type === 'life-ended';
}

/** The path and what covers it, the closest first, as far up as `last`. */
function* prefixes(path: string, last: string): Generator<string> {
  for (let prefix = path; prefix.length >= last.length; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) {
    yield prefix;
    if (!prefix.includes('/')) return;
  }
}

import { idOf, type Nlri } from './packet/nlri.ts';
import { serviceOrigin } from './decision/multipath.ts';
import type { IneligibleReason, Route } from './rib/route.ts';
import type { Peer, Speaker } from './state.ts';

/**
 * How many agents of one peer are looked at behind one capability, so that a peer with many does not make a call slow. Where
 * there are so many, some may have been left out.
 */
export const MAX_AGENTS_BEHIND = 64;

/**
 * Returns the agents to which a peer's route to a capability leads when `path` is asked for, as that peer has told of them,
 * those that policy denies included, which come last: those with the capability that covers the path most closely (RFC 4632
 * §5.1), down to the capability of the route itself. Behind a route that is no aggregate they are of its origin AS. There may
 * be others, of which the peer has told nothing.
 */
export function agentsBehind(speaker: Speaker, route: Route, path = idOf(route.nlri)): readonly Route[] {
  const peer = peerOf(speaker, route);
  if (peer === undefined) return [];
  const isAggregate = route.received.aggregate === true;
  const origin = serviceOrigin(route, speaker.settings.asn);
  const isMeant = (agent: Route): boolean => isAggregate || serviceOrigin(agent, speaker.settings.asn) === origin;
  for (const prefix of prefixes(path, idOf(route.nlri))) {
    const agents = inQuestion(peer, peer.capabilities.agentsWith(prefix), isMeant);
    if (agents.length > 0) return agents;
  }
  return [];
}

/** Returns the agents that a peer's aggregate stands for, as far as that peer has told of them (RFC 4271 §9.2.2.2). */
export function agentsSummedUp(speaker: Speaker, aggregate: Route): readonly Route[] {
  const peer = peerOf(speaker, aggregate);
  return peer === undefined ? [] : inQuestion(peer, peer.capabilities.agentsBelow(idOf(aggregate.nlri)), () => true);
}

/** Yields a capability path and the shorter ones that cover it, the closest first, down to `last`. */
export function* prefixes(path: string, last = ''): Generator<string> {
  for (let prefix = path; prefix.length >= last.length; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) {
    yield prefix;
    if (!prefix.includes('/')) return;
  }
}

function peerOf(speaker: Speaker, { source }: Route): Peer | undefined {
  return source.kind === 'peer' ? speaker.peers.get(source.id) : undefined;
}

function inQuestion(peer: Peer, nlris: Iterable<Nlri>, isMeant: (agent: Route) => boolean): readonly Route[] {
  const open: Route[] = [];
  const denied: Route[] = [];
  for (const nlri of nlris) {
    const agent = peer.adjRibIn.get(nlri);
    if (agent === undefined || !isMeant(agent)) continue;
    if (agent.ineligible === undefined) open.push(agent);
    else if (isDenied(agent.ineligible) && denied.length < MAX_AGENTS_BEHIND) denied.push(agent);
    if (open.length === MAX_AGENTS_BEHIND) break;
  }
  return [...open, ...denied];
}

/** True if only policy is against an agent: what loops, has ended or is damped is not there for now. */
function isDenied({ type }: IneligibleReason): boolean {
  return type === 'denied' || type === 'not-allowed';
}

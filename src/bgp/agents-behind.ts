import { idOf } from './packet/nlri.ts';
import { serviceOrigin } from './decision/multipath.ts';
import type { Route } from './rib/route.ts';
import type { Speaker } from './state.ts';

/** How many agents of one peer are looked at behind one capability, so that a peer with many does not make a call slow. */
export const MAX_AGENTS_BEHIND = 64;

/**
 * Returns the agents to which a peer's route to a capability leads when `path` is asked for, as that peer has told of them,
 * those that policy denies included: those with the capability that covers the path most closely (RFC 4632 §5.1), down to
 * the capability of the route itself. Behind a route that is no aggregate they are of its origin AS. There may be others,
 * of which the peer has told nothing.
 */
export function agentsBehind(speaker: Speaker, route: Route, path = idOf(route.nlri)): readonly Route[] {
  const peer = route.source.kind === 'peer' ? speaker.peers.get(route.source.id) : undefined;
  if (peer === undefined) return [];
  const { aggregate } = route.received;
  const origin = serviceOrigin(route, speaker.settings.asn);
  for (const prefix of prefixes(path, idOf(route.nlri))) {
    const agents: Route[] = [];
    for (const nlri of peer.capabilities.agentsWith(prefix)) {
      const agent = peer.adjRibIn.get(nlri);
      if (agent === undefined || !isInQuestion(agent)) continue;
      if (aggregate === true || serviceOrigin(agent, speaker.settings.asn) === origin) agents.push(agent);
      if (agents.length === MAX_AGENTS_BEHIND) break;
    }
    if (agents.length > 0) return agents;
  }
  return [];
}

/** True if only policy can be against an agent: what loops, has ended or is damped is not there for now. */
function isInQuestion({ ineligible }: Route): boolean {
  return ineligible === undefined || ineligible.type === 'denied' || ineligible.type === 'not-allowed';
}

/** The path and what covers it, the closest first, as far up as `last`. */
function* prefixes(path: string, last: string): Generator<string> {
  for (let prefix = path; prefix.length >= last.length; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) {
    yield prefix;
    if (!prefix.includes('/')) return;
  }
}

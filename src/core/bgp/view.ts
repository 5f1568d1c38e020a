import { multipath } from './decision/multipath.ts';
import { losses } from './decision/select.ts';
import { INFERRED } from './packet/community.ts';
import { coveringPaths } from './packet/covering-paths.ts';
import { capabilityNlri, type Nlri } from './packet/nlri.ts';
import type { Destination, Loss } from './rib/destination.ts';
import type { Entry } from './rib/loc-rib.ts';
import type { Fsm } from './fsm/fsm.ts';
import type { Peer, Speaker } from './state/state.ts';

/** Returns everything known about an NLRI, or undefined when nobody told of it (RFC 4271 §3.2). */
export function destination(speaker: Speaker, nlri: Nlri): Destination | undefined {
  const entry = speaker.locRib.get(nlri);
  return entry && viewOf(speaker, entry);
}

/**
 * Returns the destination whose capability path is the longest that covers the wanted one (RFC 4632 §5.1). An aggregate of this
 * router ends the search even if nothing below it covers the path: a call that followed a shorter prefix from there could loop.
 */
export function longestMatch(speaker: Speaker, path: string): Destination | undefined {
  for (const prefix of coveringPaths(path)) {
    const entry = speaker.locRib.get(capabilityNlri(prefix));
    if (entry?.best === undefined) continue;
    const isAggregate = entry.best.source.kind === 'self' && entry.best.attributes.aggregate === true;
    return isAggregate && !speaker.claims.has(entry.nlri) ? undefined : viewOf(speaker, entry);
  }
  return undefined;
}

/** Returns true if an agent of an own server has exactly this capability, other than by a guess from its words (RFC 4271 §9.4). */
export function originates(speaker: Speaker, path: string): boolean {
  const agents = speaker.claims.get(capabilityNlri(path)) ?? [];
  for (const { received } of agents) if (!received.communities.includes(INFERRED)) return true;
  return false;
}

const STATES: readonly Fsm['state'][] = ['idle', 'active', 'connect', 'open-sent', 'open-confirm', 'established'];

/** Returns the state of the connection to a peer that has got farthest (RFC 4271 §8.2.2). */
export function peerState({ connections: { outbound, inbound } }: Peer): Fsm['state'] {
  return STATES.findLast((state) => outbound.state === state || inbound.state === state) ?? 'idle';
}

/** Yields every destination of the Loc-RIB, those without an eligible route included (RFC 4271 §3.2). */
export function* locRib(speaker: Speaker): Generator<Destination> {
  for (const entry of speaker.locRib.entries()) yield viewOf(speaker, entry);
}

/** Returns the other routes of a destination, each with the reason why it is not the best (RFC 4271 §9.1.2.2). */
export function explain(speaker: Speaker, { routes, best }: Destination): readonly Loss[] {
  const fallen = losses(routes, speaker.rules).filter(({ route }) => route !== best);
  const explained = new Set(fallen.map(({ route }) => route));
  const heldBack = routes.filter((route) => route !== best && !explained.has(route));
  return [...fallen, ...heldBack.map((route) => ({ route, reason: 'held-down' as const }))];
}

function viewOf(speaker: Speaker, entry: Entry): Destination {
  const { nlri, routes, best, heldUntil } = entry;
  return {
    nlri,
    routes,
    best,
    multipath: best === undefined ? [] : multipath(routes, best, speaker.rules),
    heldUntil: heldUntil === 0 ? undefined : heldUntil,
  };
}

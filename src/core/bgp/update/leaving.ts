import { CapabilityIndex } from '../rib/capability-index.ts';
import type { Route } from '../rib/route.ts';
import type { Peer, Speaker } from '../state/state.ts';

/** The most routes of an ended session that are removed at once: a whole table would take long. */
export const MAX_ENDED_AT_ONCE = 1_000;

/** Takes all routes away from a peer at once, and out of the Loc-RIB little by little (RFC 4271 §8.2.2). */
export function leave(speaker: Speaker, peer: Peer, now: number): void {
  speaker.leaving.push({ routes: peer.adjRibIn, footprint: peer.footprint });
  peer.adjRibIn = new Map();
  peer.capabilities = new CapabilityIndex();
  purge(speaker, now);
}

/** Takes the next part of what is leaving out of the Loc-RIB (RFC 4271 §8.2.2). */
export function purge(speaker: Speaker, now: number): void {
  purgeSome(speaker, MAX_ENDED_AT_ONCE);
  if (speaker.leaving.length > 0) {
    speaker.turn.effects.push({ type: 'SetTimer', timer: { kind: 'purge' }, at: now });
  }
}

/** Takes all that is leaving out of the Loc-RIB (RFC 4271 §8.2.2). */
export function purgeAll(speaker: Speaker): void {
  purgeSome(speaker, Infinity);
}

function purgeSome(speaker: Speaker, count: number): void {
  let left = count;
  for (let [next] = speaker.leaving; next !== undefined && left > 0; [next] = speaker.leaving) {
    for (const route of next.routes.values()) {
      if (left-- === 0) return;
      next.routes.delete(route.nlri);
      next.footprint.remove(route);
      drop(speaker, route);
    }
    speaker.leaving.shift();
  }
}

/** Removes a route from the Loc-RIB, unless the peer has come back and announced it again. */
function drop(speaker: Speaker, route: Route): void {
  if (speaker.locRib.get(route.nlri)?.routes.includes(route) !== true) return;
  speaker.locRib.remove(route.nlri, route.source);
  speaker.turn.dirty.add(route.nlri);
}

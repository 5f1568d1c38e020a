import type { Speaker } from '../../core/bgp/state/state.ts';
import { peersAway } from './listed-peers.ts';
import type { Traffic } from './traffic.ts';

/** Largest number of peers that a notice names. */
const MAX_NAMED = 3;

/** Returns a notice of the peers that reject a session with us and their reasons, or undefined if no peer does. */
export function refusalNotice(speaker: Speaker, traffic: Traffic): string | undefined {
  const away = peersAway(speaker).filter((peer) => traffic.of(peer).isRefused);
  if (away.length === 0) return undefined;
  const named = away.slice(0, MAX_NAMED).map((peer) => `No session with ${peer}: ${traffic.of(peer).dialError}.`);
  const more = away.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more peers refuse a session.`] : [])].join(' ');
}

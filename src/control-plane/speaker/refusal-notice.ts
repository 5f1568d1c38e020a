import type { Speaker } from '../../core/bgp/state/state.ts';
import { peersAway } from './listed-peers.ts';
import type { Traffic } from './traffic.ts';

/** How many peers a notice names. */
const MAX_NAMED = 3;

/** Names the peers that refuse a session with us, and their reasons; undefined where no peer does. */
export function refusalNotice(speaker: Speaker, traffic: Traffic): string | undefined {
  const away = peersAway(speaker).filter((peer) => traffic.of(peer).isRefused);
  if (away.length === 0) return undefined;
  const named = away.slice(0, MAX_NAMED).map((peer) => `No session with ${peer}: ${traffic.of(peer).dialError}.`);
  const more = away.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more peers refuse a session.`] : [])].join(' ');
}

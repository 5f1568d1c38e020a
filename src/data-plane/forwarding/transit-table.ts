import { advertisable, recipientNamed, type Recipient } from '../../core/bgp/update/export.ts';
import { callRoutes, hasCrossed } from '../../core/bgp/lookup.ts';
import { familyOf } from '../../core/bgp/packet/nlri.ts';
import type { Entry } from '../../core/bgp/rib/loc-rib.ts';
import type { PeerId, Route } from '../../core/bgp/rib/route.ts';
import type { Speaker } from '../../core/bgp/state/state.ts';
import { longestMatch } from '../../core/bgp/view.ts';
import type { TransitTable } from './ports.ts';

/** Returns the speaker's tables as relayed calls read them. */
export function transitTable(speaker: Speaker): TransitTable {
  return {
    hasCrossed: (crossed) => hasCrossed(speaker, crossed),
    routes: (nlri, asking) => callRoutes(speaker, nlri, asking),
    longestMatch: (path) => longestMatch(speaker, path)?.nlri,
    visible: (agent, caller) => visible(speaker, speaker.locRib.get(agent), askerNamed(speaker, caller)),
    *visibleAfter(serial, caller) {
      const asker = askerNamed(speaker, caller);
      for (const entry of speaker.locRib.after(serial)) yield [entry.serial, visible(speaker, entry, asker)] as const;
    },
    newest: () => speaker.locRib.newest,
  };
}

/**
 * Returns the recipient whose view applies: `everything` for the own user, undefined for a peer without an established
 * session.
 */
function askerNamed(speaker: Speaker, caller: PeerId | undefined): Recipient | 'everything' | undefined {
  return caller === undefined ? 'everything' : recipientNamed(speaker, caller, 'agent');
}

function visible(speaker: Speaker, entry: Entry | undefined, asker: ReturnType<typeof askerNamed>): Route | undefined {
  const best = entry?.best;
  if (best === undefined || asker === undefined || familyOf(best.nlri) !== 'agent') return undefined;
  if (asker === 'everything') return best;
  const attributes = advertisable(speaker, asker, best);
  return attributes && { ...best, attributes };
}

import { bestAgent } from '../decision/best-agent.ts';
import type { PathAttributes } from '../packet/attributes.ts';
import { familyOf, type Nlri } from '../packet/nlri.ts';
import { excessOf } from '../packet/oversized.ts';
import type { Route } from '../rib/route.ts';
import type { Speaker } from '../state/state.ts';
import { aggregated, aggregateParts } from './aggregate.ts';
import { endLeftOut, leaveOut } from './leave-out.ts';
import { endOwnLife, lifeOfSelfRoute } from './own-lives.ts';

/** The source of every route that this router makes itself: its capability routes and aggregates. */
const SELF = { kind: 'self' } as const;

/**
 * Brings this router's own route to a capability up to date: that of the best agent which has the capability, or an
 * aggregate of what lies below it (RFC 4271 §9.2.2.2). Its life ends when there is nothing left that it could stand for.
 */
export function refreshSelfRoute(speaker: Speaker, nlri: Nlri, now: number): void {
  if (familyOf(nlri) !== 'capability') return;
  const claims = speaker.claims.get(nlri);
  const parts = aggregateParts(speaker, nlri);
  const claimed = claims && bestAgent(claims, speaker.rules);
  const attributes = aggregateOf(speaker, nlri, parts, claimed) ?? claimed?.attributes;
  if (attributes !== undefined) putSelfRoute(speaker, nlri, attributes);
  else if (speaker.selfRoutes.delete(nlri)) speaker.locRib.remove(nlri, SELF);
  if (claims === undefined && parts.length === 0) endOwnLife(speaker, nlri, now);
}

/** Returns the attributes of an aggregate; undefined if it has no parts, or its attributes exceed a message (RFC 4271 §9.2). */
function aggregateOf(
  speaker: Speaker,
  nlri: Nlri,
  parts: readonly Route[],
  claimed: Route | undefined,
): PathAttributes | undefined {
  const made = parts.length === 0 ? undefined : aggregated(claimed ? [claimed, ...parts] : parts);
  const excess = made && excessOf(made);
  if (excess === undefined) {
    endLeftOut(speaker, nlri, undefined);
    return made;
  }
  leaveOut(speaker, { nlri, stub: undefined, excess });
  return undefined;
}

function putSelfRoute(speaker: Speaker, nlri: Nlri, made: PathAttributes): void {
  const attributes = speaker.interner.intern(made);
  const life = lifeOfSelfRoute(speaker, nlri);
  const earlier = speaker.selfRoutes.get(nlri);
  if (earlier?.attributes === attributes && earlier.life === life) return;
  const route: Route = {
    nlri,
    source: SELF,
    received: attributes,
    attributes,
    weight: 1,
    life,
    label: undefined,
    stale: false,
    ineligible: undefined,
  };
  speaker.selfRoutes.set(nlri, route);
  speaker.locRib.put(route);
}

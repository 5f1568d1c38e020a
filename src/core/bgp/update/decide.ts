import { eligible, selectBest } from '../decision/select.ts';
import { propagate } from './dissemination.ts';
import { aggregatesAbove, entriesBelow } from './aggregate.ts';
import { refreshSelfRoute } from './self-routes.ts';
import { samePath } from '../packet/as-path.ts';
import { coveringPaths } from '../packet/covering-paths.ts';
import { capabilityNlri, idOf, type Nlri } from '../packet/nlri.ts';
import { sameSource, type Entry } from '../rib/loc-rib.ts';
import type { Route } from '../rib/route.ts';
import type { Speaker } from '../state/state.ts';

/** More moves of a best route than this within {@link DISPUTE_WINDOW_MS} are a dispute that no single router can see. */
export const DISPUTE_MOVES = 20;
/** The time over which moves are counted, in milliseconds. */
export const DISPUTE_WINDOW_MS = 60_000;
/** The time for which a disputed route is first held, in milliseconds; each further hold doubles it. */
export const HOLD_DOWN_MS = 5_000;
/** The longest hold, in milliseconds. */
export const MAX_HOLD_DOWN_MS = 640_000;

/** Decides everything that this turn has touched, and what follows from it (RFC 4271 §9.1). */
export function decideDirty(speaker: Speaker, now: number): void {
  const { dirty } = speaker.turn;
  for (const nlri of dirty) {
    dirty.delete(nlri);
    refreshSelfRoute(speaker, nlri, now);
    if (!decide(speaker, nlri, now)) continue;
    for (const above of aggregatesAbove(speaker, nlri)) {
      dirty.add(above.nlri);
      // Its attributes may stay, and yet a peer may know other parts of it than before.
      speaker.turn.recomposed.add(above.nlri);
    }
  }
  for (const nlri of speaker.turn.recomposed) retell(speaker, nlri, now);
  speaker.turn.recomposed.clear();
}

/** Tells peers anew of a capability whose agents changed, and of the aggregates made of it, where what they may know differs. */
function retell(speaker: Speaker, nlri: Nlri, now: number): void {
  if (speaker.locRib.get(nlri)?.best !== undefined) propagate(speaker, nlri, now);
  for (const above of aggregatesAbove(speaker, nlri)) propagate(speaker, above.nlri, now);
  for (const prefix of coveringPaths(idOf(nlri))) {
    const above = speaker.locRib.get(capabilityNlri(prefix))?.best;
    if (above?.received.aggregate === true && above.source.kind === 'peer') propagate(speaker, above.nlri, now);
  }
}

/** Chooses the best route of an NLRI; true if it is another than before (RFC 4271 §9.1.2). */
function decide(speaker: Speaker, nlri: Nlri, now: number): boolean {
  const entry = speaker.locRib.get(nlri);
  if (entry === undefined) return false;
  const best = heldRoute(speaker, entry, now) ?? selectBest(entry.routes, speaker.rules);
  const previous = entry.best;
  speaker.locRib.dropIfEmpty(entry);
  if (best === previous) return false;
  entry.best = best;
  if (best !== undefined && previous !== undefined && !sameSource(best.source, previous.source)) {
    countMove(speaker, entry, now);
  }
  speaker.turn.effects.push({ type: 'BestChanged', nlri });
  propagate(speaker, nlri, now);
  if (speaker.settings.aggregates.length > 0 && !standsAlike(best, previous)) propagateParts(speaker, nlri, now);
  return true;
}

/** True if two routes, should they be aggregates of ours, are told to the same peers, which depends on the path. */
function standsAlike(a: Route | undefined, b: Route | undefined): boolean {
  const [path, other] = [a, b].map((route) =>
    route?.source.kind === 'self' && route.attributes.aggregate === true ? route.attributes.asPath : undefined,
  );
  return path === undefined || other === undefined ? path === other : samePath(path, other);
}

/** Tells peers again of the parts of an aggregate when the aggregate is not told any more, and the reverse (RFC 4271 §9.2.2.2). */
function propagateParts(speaker: Speaker, nlri: Nlri, now: number): void {
  if (!speaker.settings.aggregates.some((aggregate) => aggregate.nlri === nlri && aggregate.summaryOnly)) return;
  for (const part of entriesBelow(speaker, nlri)) propagate(speaker, part.nlri, now);
}

/** Returns the present route of a disputed NLRI for as long as it is held and can be used. */
function heldRoute(speaker: Speaker, entry: Entry, now: number): Route | undefined {
  const { best } = entry;
  if (best === undefined || now >= entry.heldUntil) return undefined;
  return eligible(entry.routes, speaker.rules).find((route) => sameSource(route.source, best.source));
}

function countMove(speaker: Speaker, entry: Entry, now: number): void {
  if (now - entry.since >= DISPUTE_WINDOW_MS) {
    entry.since = now;
    entry.moves = 0;
  }
  entry.moves += 1;
  if (entry.moves <= DISPUTE_MOVES) return;
  if (now - entry.heldUntil >= MAX_HOLD_DOWN_MS) entry.holds = 0;
  entry.heldUntil = now + Math.min(HOLD_DOWN_MS * 2 ** entry.holds, MAX_HOLD_DOWN_MS);
  entry.holds += 1;
  entry.moves = 0;
  const { nlri, heldUntil } = entry;
  speaker.turn.effects.push({ type: 'DisputeHeld', nlri, untilMs: heldUntil });
  speaker.turn.effects.push({ type: 'SetTimer', timer: { kind: 'hold-down', nlri }, at: heldUntil });
}

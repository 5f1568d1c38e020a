import type { Life } from '../packet/life.ts';
import type { Nlri } from '../packet/nlri.ts';
import type { Draw } from '../state/event.ts';
import type { Speaker } from '../state/state.ts';
import { endLife } from './adj-rib-in.ts';

/** Returns the life under which this router announces an NLRI: the present one, or one that was drawn for this event. */
export function ownLife(speaker: Speaker, nlri: Nlri, fresh: ReadonlyMap<Nlri, Draw>): Life | undefined {
  const draw = speaker.ownLives.get(nlri) ?? fresh.get(nlri);
  if (draw !== undefined) speaker.ownLives.set(nlri, draw);
  return draw?.life;
}

/**
 * Returns the life of a route that no server's agent begins: the present one, or one that was drawn in advance. Asks the shell
 * for the next draw when this one is used up.
 */
export function lifeOfSelfRoute(speaker: Speaker, nlri: Nlri): Life | undefined {
  const known = speaker.ownLives.get(nlri);
  if (known !== undefined) return known.life;
  const spare = speaker.spareDraws.get(nlri);
  if (spare !== undefined) speaker.ownLives.set(nlri, spare);
  speaker.spareDraws.delete(nlri);
  speaker.turn.effects.push({ type: 'DrawNeeded', nlri });
  return spare?.life;
}

/** Keeps a draw for a route of our own that has no life, or for its next origination. */
export function supplyDraw(speaker: Speaker, draw: Draw): void {
  speaker.spareDraws.set(draw.nlri, draw);
  speaker.turn.dirty.add(draw.nlri);
}

/** Ends the life of an NLRI that this router no longer originates. */
export function endOwnLife(speaker: Speaker, nlri: Nlri, now: number): void {
  const draw = speaker.ownLives.get(nlri);
  if (draw === undefined) return;
  speaker.ownLives.delete(nlri);
  endLife(speaker, draw, now);
}

import type { Nlri } from '../packet/nlri.ts';
import type { LeftOut } from '../rib/left-out-routes.ts';
import type { StubId } from '../rib/route.ts';
import type { Speaker } from '../state/state.ts';

/** Records that a route of our own is not originated, and reports it once (RFC 4271 §9.2). */
export function leaveOut(speaker: Speaker, leftOut: LeftOut): void {
  if (speaker.leftOut.add(leftOut)) speaker.turn.effects.push({ type: 'RouteLeftOut', ...leftOut });
}

/** Records that a route of our own is originated again, or no longer exists (RFC 4271 §9.2). */
export function endLeftOut(speaker: Speaker, nlri: Nlri, stub: StubId | undefined): void {
  if (speaker.leftOut.size > 0) speaker.leftOut.remove(nlri, stub);
}

import type { Nlri } from '../packet/nlri.ts';
import type { Peer, Speaker, StubTable } from '../state/state.ts';
import type { Flap } from '../damping/penalty.ts';

/** Notes a flap of a neighbour whose routes are damped, and asks to be woken when what is suppressed may be used again (RFC 2439 §4.8). */
export function countFlap(speaker: Speaker, from: Peer | StubTable, nlri: Nlri, flap: Flap, now: number): void {
  const { flaps, source } = from;
  if (flaps === undefined) return;
  const { kind, id } = source;
  const before = flaps.wakeAt;
  const untilMs = flaps.add(nlri, flap, now) ? flaps.suppressedUntil(nlri) : undefined;
  const { effects } = speaker.turn;
  if (untilMs !== undefined) effects.push({ type: 'RouteDamped', neighbor: id, nlri, untilMs });
  const at = flaps.wakeAt;
  if (at !== undefined && at !== before)
    effects.push({ type: 'SetTimer', timer: { kind: 'reuse', from: kind, id }, at });
}

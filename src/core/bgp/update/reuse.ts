import { rejudgePeer, rejudgeStub } from './adj-rib-in.ts';
import type { Timer } from '../state/event.ts';
import { replaceStubRoute } from './stub-routes.ts';
import type { Speaker } from '../state/state.ts';

/** Takes up again those routes of a neighbour whose penalty has gone down far enough (RFC 2439 §4.8.7). */
export function reuseRoutes(speaker: Speaker, timer: Extract<Timer, { kind: 'reuse' }>, now: number): void {
  const { from, id } = timer;
  const neighbor = from === 'peer' ? speaker.peers.get(id) : speaker.stubs.get(id);
  if (neighbor?.flaps === undefined) return;
  const released = neighbor.flaps.release(now);
  if ('stub' in neighbor) rejudgeStub(speaker, neighbor, replaceStubRoute, released);
  else rejudgePeer(speaker, neighbor, released);
  const at = neighbor.flaps.wakeAt;
  if (at !== undefined) speaker.turn.effects.push({ type: 'SetTimer', timer, at });
}

import { dropStale, rejudgePeer, rejudgeStub } from './update/adj-rib-in.ts';
import { reuseRoutes } from './update/reuse.ts';
import { decideDirty } from './update/decide.ts';
import { advertise, completeRestart, propagateAll, retell } from './update/dissemination.ts';
import type { Effect } from './state/effect.ts';
import type { Event, Timer } from './state/event.ts';
import type { Connection, FsmEvent, FsmTimer } from './fsm/fsm.ts';
import { purge, purgeAll } from './update/leaving.ts';
import { supplyDraw } from './update/own-lives.ts';
import { endAgents, originate, replaceStubRoute } from './update/stub-routes.ts';
import { configurePeer, removePeer } from './peers/configure-peer.ts';
import { capabilityNlri } from './packet/nlri.ts';
import type { Policy } from './policy/policy.ts';
import { runSession } from './peers/run-session.ts';
import { decisionOf, rulesOf, type Speaker } from './state/state.ts';

/**
 * Takes an event with its time and returns, in order, the effects that the shell must carry out. The
 * speaker is changed in place; it reads no clock, draws no randomness and touches nothing outside itself (RFC 4271 §3, §8, §9).
 */
export function step(speaker: Speaker, event: Event, now: number): readonly Effect[] {
  take(speaker, event, now);
  decideDirty(speaker, now);
  return speaker.turn.effects.splice(0);
}

function take(speaker: Speaker, event: Event, now: number): void {
  switch (event.type) {
    case 'PolicyReplaced':
      return replacePolicy(speaker, event.policy, now);
    case 'PeerConfigured':
      return configurePeer(speaker, event.peer, now, event.jitter);
    case 'PeerRemoved':
      return removePeer(speaker, event.peer, now);
    case 'RoutesOriginated':
      return originate(speaker, event.stub, event.agents, event.draws, now);
    case 'RoutesEnded':
      return endAgents(speaker, event.stub, event.agents, now);
    case 'DrawSupplied':
      return supplyDraw(speaker, event.draw);
    case 'RestartCompleted':
      return completeRestart(speaker, now);
    case 'NextHopChanged':
      return changeNextHop(speaker, event.nextHop, event.usable);
    case 'Session':
      return session(speaker, event, now);
    case 'TimerExpired':
      return expire(speaker, event.timer, now, event.jitter);
    case 'RefreshRequested':
      return requestRefresh(speaker, event.peer);
  }
}

/** Applies a new policy to all that was ever received, and tells peers of the changes (RFC 4271 §9.1.1). */
function replacePolicy(speaker: Speaker, policy: Policy, now: number): void {
  speaker.policy = policy;
  speaker.rules = rulesOf(speaker.settings, policy, speaker.unusableNextHops);
  speaker.decision = decisionOf(policy);
  purgeAll(speaker);
  for (const table of speaker.stubs.values()) rejudgeStub(speaker, table, replaceStubRoute);
  for (const { nlri } of speaker.locRib.entries()) speaker.turn.dirty.add(nlri);
  for (const peer of speaker.peers.values()) {
    rejudgePeer(speaker, peer);
    propagateAll(speaker, peer, now);
  }
}

function changeNextHop(speaker: Speaker, nextHop: string, usable: boolean): void {
  if (usable) speaker.unusableNextHops.delete(nextHop);
  else speaker.unusableNextHops.add(nextHop);
  const { dirty } = speaker.turn;
  for (const { nlri, routes } of speaker.locRib.entries()) {
    for (const route of routes) {
      if (route.attributes.nextHop !== nextHop) continue;
      dirty.add(nlri);
      if (route.source.kind === 'stub') for (const path of route.received.capabilities) dirty.add(capabilityNlri(path));
    }
  }
}

function session(speaker: Speaker, event: Extract<Event, { type: 'Session' }>, now: number): void {
  const peer = speaker.peers.get(event.peer);
  if (peer !== undefined) runSession(speaker, peer, event.connection, event.input, now, event.jitter);
}

const EXPIRY = {
  'connect-retry': { type: 'ConnectRetryTimerExpired' },
  hold: { type: 'HoldTimerExpired' },
  keepalive: { type: 'KeepaliveTimerExpired' },
} as const satisfies Record<FsmTimer, FsmEvent>;

function expire(speaker: Speaker, timer: Timer, now: number, jitter: number): void {
  if (timer.kind === 'hold-down') return void speaker.turn.dirty.add(timer.nlri);
  if (timer.kind === 'purge') return purge(speaker, now);
  if (timer.kind === 'reuse') return reuseRoutes(speaker, timer, now);
  const peer = speaker.peers.get(timer.peer);
  if (peer === undefined) return;
  if (timer.kind === 'advertise') advertise(speaker, peer, now);
  else if (timer.kind === 'retell') retell(speaker, peer, now);
  else if (timer.kind === 'stale') dropStale(speaker, peer);
  else runSession(speaker, peer, timer.connection, EXPIRY[timer.timer], now, jitter);
}

function requestRefresh(speaker: Speaker, id: string): void {
  const { session: up, settings } = speaker.peers.get(id) ?? {};
  if (up?.negotiated.routeRefresh !== true || settings === undefined) return;
  const connection: Connection = up.connection;
  for (const family of up.negotiated.families) {
    speaker.turn.effects.push({
      type: 'Send',
      peer: settings.id,
      connection,
      message: { type: 'route-refresh', family },
    });
  }
}

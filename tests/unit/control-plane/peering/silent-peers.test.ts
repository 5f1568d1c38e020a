import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Effect } from '../../../../src/core/bgp/state/effect.ts';
import type { Event } from '../../../../src/core/bgp/state/event.ts';
import type { Negotiated } from '../../../../src/core/bgp/fsm/fsm.ts';
import { PeerSilent, SilentPeers } from '../../../../src/control-plane/peering/silent-peers.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const session = { peer: 'b', connection: 'inbound', jitter: 0 } as const;
const lost: Event = { type: 'Session', ...session, input: { type: 'TransportFailed' } };
const holdTimer: Event = {
  type: 'TimerExpired',
  timer: { kind: 'session', peer: 'b', connection: 'inbound', timer: 'hold' },
  jitter: 0,
};
const down: Effect = { type: 'SessionDown', peer: 'b', cause: 'transport-failed' };
const up = (holdTimeSeconds: number): Effect => ({
  type: 'SessionUp',
  peer: 'b',
  negotiated: { holdTimeSeconds } as Negotiated,
});

function peers(holdTimeSeconds: number): SilentPeers {
  const silent = new SilentPeers();
  silent.observe(lost, [up(holdTimeSeconds)]);
  return silent;
}

describe('a call in progress to a peer', () => {
  it('ends when the hold timer expires, and may have reached the agent (RFC 4271 §6.5)', () => {
    const silent = peers(90);
    const [signal, other] = [silent.signalFor('b'), silent.signalFor('c')];
    silent.observe(holdTimer, [down]);
    expect(signal.reason).toBeInstanceOf(PeerSilent);
    expect(signal.reason).toMatchObject({ code: 'SERVER_UNAVAILABLE', reached: 'maybe' });
    expect(other.aborted).toBe(false);
    expect(silent.signalFor('b').aborted).toBe(false);
  });

  it('goes on when only the session is lost, until the peer has been away for the hold time', () => {
    const silent = peers(90);
    const signal = silent.signalFor('b');
    silent.observe(lost, [down]);
    vi.advanceTimersByTime(89_999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.reason).toBeInstanceOf(PeerSilent);
  });

  it('goes on when the session is established again', () => {
    const silent = peers(90);
    const signal = silent.signalFor('b');
    silent.observe(lost, [down]);
    vi.advanceTimersByTime(60_000);
    silent.observe(lost, [up(90)]);
    vi.advanceTimersByTime(600_000);
    expect(signal.aborted).toBe(false);
    silent.observe(holdTimer, [down]);
    expect(signal.aborted).toBe(true);
  });

  it('never ends early if the hold time is 0', () => {
    const silent = peers(0);
    const signal = silent.signalFor('b');
    silent.observe(lost, [down]);
    vi.advanceTimersByTime(600_000);
    expect(signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves no timer once the router stops', () => {
    const silent = peers(90);
    silent.observe(lost, [down]);
    silent.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import type { Fsm, FsmEvent, FsmSettings } from '../../../../../src/core/bgp/fsm/fsm.ts';
import { transition } from '../../../../../src/core/bgp/fsm/transition.ts';
import type { Update } from '../../../../../src/core/bgp/packet/message.ts';
import { BACK_OFF, describeAction, EVENTS, nameOf, NEGOTIATED, OPEN, received, SETTINGS, STATES } from './fixture.ts';
import { INBOUND, OUTBOUND } from './matrix.ts';

const PASSIVE: FsmSettings = { ...SETTINGS, passive: true };
const ESTABLISHED: Fsm = STATES.established;

function outcome(fsm: Fsm, event: FsmEvent, settings: FsmSettings): string {
  const next = transition(fsm, event, settings, 0);
  if (next.fsm === fsm && next.actions.length === 0) return 'ignored';
  return `${nameOf(next.fsm)}: ${next.actions.map(describeAction).join(', ') || 'nothing'}`;
}

describe.each([
  ['the connection that dials', OUTBOUND, SETTINGS],
  ['the connection that answers', INBOUND, PASSIVE],
] as const)('the state machine of %s (RFC 4271 §8.2.2)', (_, matrix, settings) => {
  const cells = Object.entries(matrix).flatMap(([state, row]) =>
    Object.entries(row).map(([event, expected]) => [state, event, expected] as const),
  );

  it.each(cells)('in %s takes %s: %s', (state, event, expected) => {
    const fsm = STATES[state as keyof typeof STATES];
    expect(outcome(fsm, EVENTS[event as keyof typeof EVENTS], settings)).toBe(expected);
  });
});

describe('what is said', () => {
  it('introduces itself with the configured OPEN (RFC 4271 §4.2)', () => {
    const { actions } = transition(STATES.connect, EVENTS.TransportConnected, SETTINGS, 0);
    expect(actions).toContainEqual({ type: 'send', message: { type: 'open', version: 4, ...SETTINGS.local } });
  });

  it('tells why a session was refused, in words beside the code (RFC 4271 §4.5)', () => {
    const { actions } = transition(STATES['open-sent'], EVENTS['OPEN (bad)'], SETTINGS, 0);
    const reason = 'AS 65009 came where AS 65002 is configured';
    expect(actions).toContainEqual({ type: 'send', message: { type: 'notification', code: 2, subcode: 2, reason } });
  });

  it('names the message that has no place (RFC 6608 §4)', () => {
    const { actions } = transition(STATES['open-confirm'], EVENTS.UPDATE, SETTINGS, 0);
    const reason = 'update received';
    expect(actions).toContainEqual({ type: 'send', message: { type: 'notification', code: 5, subcode: 2, reason } });
  });

  it('passes on what was wrong with a message that could not be read', () => {
    const { actions } = transition(ESTABLISHED, EVENTS.MessageMalformed, SETTINGS, 0);
    const cause = { type: 'notification', code: 1, subcode: 3, reason: 'what is this' } as const;
    expect(actions).toContainEqual({ type: 'send', message: cause });
    expect(actions).toContainEqual({ type: 'down', cause });
  });
});

describe('what a session keeps', () => {
  it("holds the peer's OPEN and what was agreed on until the session is up", () => {
    expect(transition(STATES['open-sent'], EVENTS['OPEN (good)'], SETTINGS, 0).fsm).toEqual({
      state: 'open-confirm',
      backOff: BACK_OFF,
      open: OPEN,
      negotiated: NEGOTIATED,
    });
  });

  it('says with what it comes up', () => {
    const { fsm, actions } = transition(STATES['open-confirm'], EVENTS.KEEPALIVE, SETTINGS, 0);
    expect(fsm).toEqual({
      state: 'established',
      backOff: { attempts: 0, flaps: 2, met: true },
      negotiated: NEGOTIATED,
    });
    expect(actions).toContainEqual({ type: 'established', negotiated: NEGOTIATED });
  });

  it('delivers the very message that was received', () => {
    const message: Update = { type: 'update', withdrawn: ['weather'], reach: [], proofs: [] };
    const { actions } = transition(ESTABLISHED, received(message), SETTINGS, 0);
    expect(actions.at(-1)).toEqual({ type: 'deliver', message });
  });

  it.each([
    ['the family was not agreed on', { ...NEGOTIATED, families: ['capability'] }],
    ['route refresh was not agreed on', { ...NEGOTIATED, routeRefresh: false }],
  ] as const)('ignores ROUTE-REFRESH when %s (RFC 2918 §4)', (_, negotiated) => {
    const fsm: Fsm = { ...ESTABLISHED, negotiated };
    expect(outcome(fsm, EVENTS['ROUTE-REFRESH'], SETTINGS)).toBe('established: start hold 60000');
  });
});

describe('a hold time of zero (RFC 4271 §4.2)', () => {
  const untimed = { ...NEGOTIATED, holdTimeSeconds: 0 };
  const confirm: Fsm = { state: 'open-confirm', backOff: BACK_OFF, open: OPEN, negotiated: untimed };
  const up: Fsm = { state: 'established', backOff: BACK_OFF, negotiated: untimed };
  const settings = { ...SETTINGS, local: { ...SETTINGS.local, holdTimeSeconds: 0 } };

  it.each([
    ['OPEN', STATES['open-sent'], received({ ...OPEN, holdTimeSeconds: 0 }), 'open-confirm: send KEEPALIVE, stop hold'],
    ['KEEPALIVE', confirm, EVENTS.KEEPALIVE, 'established: established'],
    ['UPDATE', up, EVENTS.UPDATE, 'established: deliver UPDATE'],
    ['a keepalive timer', confirm, EVENTS.KeepaliveTimerExpired, 'ignored'],
  ] as const)('starts no timer at %s', (_, fsm, event, expected) => {
    expect(outcome(fsm, event, settings)).toBe(expected);
  });

  it('lets no session count as one that did not last', () => {
    expect(transition(confirm, EVENTS.KEEPALIVE, SETTINGS, 0).fsm.backOff).toEqual({
      attempts: 0,
      flaps: 0,
      met: true,
    });
  });
});

describe('without graceful restart', () => {
  const { gracefulRestart: _, ...plain } = NEGOTIATED;
  const fsm: Fsm = { ...ESTABLISHED, negotiated: plain };

  it('refuses a second connection of the peer while the session is up (RFC 4271 §6.8)', () => {
    expect(outcome(fsm, EVENTS.TransportAccepted, PASSIVE)).toBe('established: refuse');
  });

  it('tells the peer when the session loses a collision (RFC 4271 §6.8)', () => {
    expect(outcome(fsm, EVENTS.OpenCollisionDump, SETTINGS)).toBe(
      'idle until other-connection: stop hold, stop keepalive, send NOTIFICATION 6/7, close, down (6/7)',
    );
  });
});

describe('what counts for the next delay', () => {
  const after = (fsm: Fsm, event: FsmEvent) => transition(fsm, event, SETTINGS, 0).fsm.backOff;

  it.each([
    ['a failed dial', STATES.connect, EVENTS.TransportFailed],
    ['a transport lost before OPEN', STATES['open-sent'], EVENTS.TransportFailed],
    ['a refused OPEN', STATES['open-sent'], EVENTS['OPEN (bad)']],
    ['a lost session', STATES.established, EVENTS.TransportFailed],
    ['a NOTIFICATION', STATES.established, EVENTS.NOTIFICATION],
  ] as const)('%s is one more failure', (_, fsm, event) => {
    expect(after(fsm, event)).toEqual({ attempts: 3, flaps: 1, met: true });
  });

  it.each([
    ['a start', STATES['idle until connect-retry'], EVENTS.ManualStart],
    ['a stop', STATES.established, EVENTS.ManualStop],
    ['the end of the connection that was kept', STATES['idle until other-connection'], EVENTS.OtherConnectionEnded],
    ['a session that outlives a keepalive interval', STATES.established, EVENTS.KeepaliveTimerExpired],
  ] as const)('%s begins anew', (_, fsm, event) => {
    expect(after(fsm, event)).toEqual({ attempts: 0, flaps: 0, met: true });
  });

  it.each([
    ['a dial', STATES['idle until connect-retry'], EVENTS.ConnectRetryTimerExpired],
    ['a dial that hangs', STATES.connect, EVENTS.ConnectRetryTimerExpired],
    ['a transport', STATES.connect, EVENTS.TransportConnected],
    ['a lost collision', STATES['open-sent'], EVENTS.OpenCollisionDump],
  ] as const)('%s changes nothing', (_, fsm, event) => {
    expect(after(fsm, event)).toEqual(BACK_OFF);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../../../src/core/bgp/fsm/fsm.ts';
import { advance, type Connections } from '../../../../../src/core/bgp/fsm/connections.ts';
import {
  INITIAL_FSM,
  type Fsm,
  type FsmAction,
  type FsmEvent,
  type FsmTimer,
} from '../../../../../src/core/bgp/fsm/fsm.ts';
import { describeAction, EVENTS, nameOf, NEGOTIATED, OPEN, received, SETTINGS, STATES } from './fixture.ts';

const PAIR: Connections = { outbound: INITIAL_FSM, inbound: INITIAL_FSM };

function outcome(connections: Connections, on: Connection, event: FsmEvent, settings = SETTINGS): string[] {
  const next = advance(connections, on, event, settings, 0);
  return [
    `outbound ${nameOf(next.connections.outbound)}`,
    `inbound ${nameOf(next.connections.inbound)}`,
    ...next.actions.map(({ connection, action }) => `${connection}: ${describeAction(action)}`),
  ];
}

describe('a peer that dials us while we try to reach it', () => {
  it.each([
    ['idle until connect-retry', ['outbound: stop connect-retry']],
    ['connect', ['outbound: stop connect-retry', 'outbound: close']],
    ['active', ['outbound: stop connect-retry', 'outbound: close']],
  ] as const)('ends our attempts when its OPEN is accepted while we are in %s', (state, last) => {
    const pair = { outbound: STATES[state], inbound: STATES['open-sent'] };
    expect(outcome(pair, 'inbound', EVENTS['OPEN (good)'])).toEqual([
      'outbound idle until other-connection',
      'inbound open-confirm',
      'inbound: send KEEPALIVE',
      'inbound: start keepalive 20000',
      'inbound: start hold 60000',
      ...last,
    ]);
  });

  it('changes nothing for us as long as its OPEN has not come', () => {
    const pair = { outbound: STATES.connect, inbound: STATES.active };
    expect(outcome(pair, 'inbound', EVENTS.TransportAccepted).slice(0, 2)).toEqual([
      'outbound connect',
      'inbound open-sent',
    ]);
  });

  it('changes nothing for us when its OPEN is refused', () => {
    const pair = { outbound: STATES.connect, inbound: STATES['open-sent'] };
    expect(outcome(pair, 'inbound', EVENTS['OPEN (bad)']).slice(0, 2)).toEqual([
      'outbound connect',
      'inbound idle until connect-retry',
    ]);
  });

  it('is dialled again, without the delays of earlier failures, when its connection is gone', () => {
    const pair = { outbound: STATES['idle until other-connection'], inbound: STATES.established };
    expect(outcome(pair, 'inbound', EVENTS.TransportFailed)).toEqual([
      'outbound idle until connect-retry',
      'inbound idle until connect-retry',
      'inbound: stop hold',
      'inbound: stop keepalive',
      'inbound: down (transport-failed)',
      'inbound: start connect-retry 2000',
      'outbound: start connect-retry 250',
    ]);
  });

  it('is not dialled when an operator stopped that connection', () => {
    const pair = { outbound: STATES['idle until start'], inbound: STATES.established };
    expect(outcome(pair, 'inbound', EVENTS.TransportFailed)[0]).toBe('outbound idle until start');
  });
});

const higher = received({ ...OPEN, routerId: '10.0.0.2' });
const lower = received({ ...OPEN, routerId: '10.0.0.0' });

describe('a collision (RFC 4271 §6.8)', () => {
  it('closes the new connection without accepting its OPEN when the other one is kept', () => {
    const pair = { outbound: STATES['open-sent'], inbound: STATES['open-confirm'] };
    expect(outcome(pair, 'outbound', higher)).toEqual([
      'outbound idle until other-connection',
      'inbound open-confirm',
      'outbound: stop hold',
      'outbound: send NOTIFICATION 6/7',
      'outbound: close',
    ]);
  });

  it('closes the earlier connection before it accepts the OPEN of the new one', () => {
    const pair = { outbound: STATES['open-sent'], inbound: STATES['open-confirm'] };
    expect(outcome(pair, 'outbound', lower)).toEqual([
      'outbound open-confirm',
      'inbound idle until other-connection',
      'inbound: stop hold',
      'inbound: stop keepalive',
      'inbound: send NOTIFICATION 6/7',
      'inbound: close',
      'outbound: send KEEPALIVE',
      'outbound: start keepalive 20000',
      'outbound: start hold 60000',
    ]);
  });

  const dialledBoth = { outbound: STATES['open-sent'], inbound: STATES['open-sent'] };
  const namesAfter = (pair: Connections, on: Connection, event: FsmEvent): string[] =>
    outcome(pair, on, event).slice(0, 2);

  it('keeps what we have dialled where the peer will keep it, before an OPEN has come on it', () => {
    expect(outcome(dialledBoth, 'inbound', lower)).toEqual([
      'outbound open-sent',
      'inbound idle until connect-retry',
      'inbound: stop hold',
      'inbound: send NOTIFICATION 6/7',
      'inbound: close',
      'inbound: start connect-retry 250',
    ]);
  });

  it('counts against it only the time that it was kept, not that it lost or that there was no collision', () => {
    const { connections } = advance(dialledBoth, 'outbound', lower, SETTINGS, 0);
    expect(nameOf(connections.outbound)).toBe('open-confirm');
    const refused = advance(dialledBoth, 'inbound', EVENTS['OPEN (bad)'], SETTINGS, 0).connections;
    const offered = advance(refused, 'inbound', EVENTS.TransportAccepted, SETTINGS, 0).connections;
    expect(namesAfter(offered, 'inbound', lower)).toEqual(['outbound open-sent', 'inbound idle until connect-retry']);
  });

  it.each(['connect', 'active', 'idle until connect-retry'] as const)(
    'is none while our own dial is no connection yet: %s',
    (state) => {
      const pair = { outbound: STATES[state], inbound: STATES['open-sent'] };
      expect(namesAfter(pair, 'inbound', lower)[1]).toBe('inbound open-confirm');
    },
  );

  it('replaces a session with graceful restart silently, so that its routes stay (RFC 4724 §5)', () => {
    const pair = { outbound: STATES.established, inbound: STATES['open-sent'] };
    expect(outcome(pair, 'inbound', higher)).toEqual([
      'outbound idle until other-connection',
      'inbound open-confirm',
      'outbound: stop hold',
      'outbound: stop keepalive',
      'outbound: close',
      'outbound: down (transport-failed)',
      'inbound: send KEEPALIVE',
      'inbound: start keepalive 20000',
      'inbound: start hold 60000',
    ]);
  });

  it.each(['outbound', 'inbound'] as const)(
    'leaves a session alone when the OPEN is of another router, also with graceful restart: %s',
    (up) => {
      const opened = up === 'outbound' ? 'inbound' : 'outbound';
      const pair = { ...PAIR, [up]: STATES.established, [opened]: STATES['open-sent'] };
      const another = received({ ...OPEN, routerId: '10.0.0.9' });
      const next = advance(pair, opened, another, SETTINGS, 0);
      expect(next.connections[up]).toBe(pair[up]);
      expect(next.connections[opened].state).toBe('idle');
      expect(next.actions.map(({ connection, action }) => `${connection}: ${describeAction(action)}`)).toEqual([
        `${opened}: stop hold`,
        `${opened}: send NOTIFICATION 6/7`,
        `${opened}: close`,
      ]);
    },
  );

  it('leaves the loser open for the peer, who may have lost the connection that was kept', () => {
    const pair = { outbound: STATES.established, inbound: STATES['idle until other-connection'] };
    expect(outcome(pair, 'inbound', EVENTS.TransportAccepted)[1]).toBe('inbound open-sent');
  });

  it('ends with the connection that was kept, and the loser takes its turn', () => {
    const pair = { outbound: STATES['open-confirm'], inbound: STATES['idle until other-connection'] };
    expect(outcome(pair, 'outbound', EVENTS.NOTIFICATION).slice(0, 2)).toEqual([
      'outbound idle until connect-retry',
      'inbound idle until connect-retry',
    ]);
  });

  it('does not make a dialler come back that the peer turned away while it serves us', () => {
    const pair = { outbound: STATES['open-sent'], inbound: STATES.established };
    expect(outcome(pair, 'outbound', EVENTS.NOTIFICATION)[0]).toBe('outbound idle until other-connection');
  });
});

const connection = fc.constantFrom<Connection>('outbound', 'inbound');
const openers = [
  { ...OPEN, routerId: '10.0.0.0' },
  { ...OPEN, routerId: '10.0.0.2', holdTimeSeconds: 0 },
  { ...OPEN, capabilities: { ...OPEN.capabilities, routeRefresh: false } },
].map(received);
const { gracefulRestart: _, ...ungraceful } = OPEN.capabilities;
const event = fc.constantFrom<FsmEvent>(
  ...Object.values(EVENTS),
  ...openers,
  received({ ...OPEN, capabilities: ungraceful }),
);
/** Two of three steps go on towards a session, or the deep states would hardly be reached. */
const history = fc.array(
  fc.tuple(
    connection,
    fc.oneof({ weight: 1, arbitrary: event }, { weight: 2, arbitrary: fc.constant('onwards' as const) }),
  ),
  { maxLength: 60, size: 'max' },
);

const ONWARDS: Record<Fsm['state'], Record<Connection, FsmEvent>> = {
  idle: { outbound: EVENTS.ManualStart, inbound: EVENTS.ManualStart },
  connect: { outbound: EVENTS.TransportConnected, inbound: EVENTS.TransportConnected },
  active: { outbound: EVENTS.ConnectRetryTimerExpired, inbound: EVENTS.TransportAccepted },
  'open-sent': { outbound: EVENTS['OPEN (good)'], inbound: EVENTS['OPEN (good)'] },
  'open-confirm': { outbound: EVENTS.KEEPALIVE, inbound: EVENTS.KEEPALIVE },
  established: { outbound: EVENTS.UPDATE, inbound: EVENTS.UPDATE },
};

function resolve(step: FsmEvent | 'onwards', pair: Connections, on: Connection): FsmEvent {
  return step === 'onwards' ? ONWARDS[pair[on].state][on] : step;
}

const TIMER_EVENTS: Partial<Record<FsmEvent['type'], FsmTimer>> = {
  ConnectRetryTimerExpired: 'connect-retry',
  HoldTimerExpired: 'hold',
  KeepaliveTimerExpired: 'keepalive',
};

/** The timers that must run in a state, whatever led to it. */
function timersOf(fsm: Fsm, on: Connection): FsmTimer[] {
  switch (fsm.state) {
    case 'idle':
      return fsm.waitsFor === 'connect-retry' ? ['connect-retry'] : [];
    case 'connect':
      return ['connect-retry'];
    case 'active':
      return on === 'outbound' ? ['connect-retry'] : [];
    case 'open-sent':
      return ['hold'];
    default:
      return fsm.negotiated.holdTimeSeconds === 0 ? [] : ['hold', 'keepalive'];
  }
}

/** Carries out what the machine asks for, as far as it can be seen from outside. */
class World {
  readonly timers = { outbound: new Set<FsmTimer>(), inbound: new Set<FsmTimer>() };
  up: Connection | undefined;
  everUp = 0;

  do(on: Connection, action: FsmAction): void {
    if (action.type === 'start-timer') {
      expect(action.delayMs).toBeGreaterThan(0);
      this.timers[on].add(action.timer);
    }
    if (action.type === 'stop-timer') this.timers[on].delete(action.timer);
    if (action.type === 'deliver') expect(this.up).toBe(on);
    if (action.type === 'down') {
      expect(this.up).toBe(on);
      this.up = undefined;
    }
    if (action.type === 'established') {
      expect(this.up).toBeUndefined();
      this.up = on;
      this.everUp += 1;
    }
  }
}

describe('an OPEN on a second connection', () => {
  it('takes nothing from the session that is up when it is bad, even where a good one would replace it', () => {
    const pair = { outbound: STATES.established, inbound: STATES['open-sent'] };
    expect(outcome(pair, 'inbound', EVENTS['OPEN (bad)']).slice(0, 2)).toEqual([
      'outbound established',
      'inbound idle until connect-retry',
    ]);
  });
});

describe('two connections of the same time, of which neither has its OPEN yet (RFC 4271 §6.8)', () => {
  const BOTH = { outbound: STATES['open-sent'], inbound: STATES['open-sent'] };

  it.each([
    ['outbound', lower, 'outbound open-confirm', 'inbound idle until other-connection'],
    ['inbound', higher, 'outbound idle until other-connection', 'inbound open-confirm'],
  ] as const)('are one as soon as the higher router id has its answer: %s', (on, open, ...states) => {
    const loser = on === 'outbound' ? 'inbound' : 'outbound';
    expect(outcome(BOTH, on, open)).toEqual([
      ...states,
      `${on}: send KEEPALIVE`,
      `${on}: start keepalive 20000`,
      `${on}: start hold 60000`,
      `${loser}: stop hold`,
      `${loser}: send NOTIFICATION 6/7`,
      `${loser}: close`,
    ]);
  });

  it('are one as soon as the session is up, also where the loser has come in between', () => {
    const negotiated = { ...NEGOTIATED, routerId: '10.0.0.0' };
    const pair = { outbound: { ...STATES['open-confirm'], negotiated }, inbound: STATES['open-sent'] };
    expect(outcome(pair, 'outbound', EVENTS.KEEPALIVE).slice(0, 2)).toEqual([
      'outbound established',
      'inbound idle until other-connection',
    ]);
  });

  it('wait for the one that the peer will keep, but not twice for one that may be dead', () => {
    const first = advance(BOTH, 'inbound', lower, SETTINGS, 0);
    expect(first.connections.inbound.state).toBe('idle');
    const { connections } = advance(first.connections, 'inbound', EVENTS.TransportAccepted, SETTINGS, 0);
    expect(outcome(connections, 'inbound', lower).slice(0, 2)).toEqual(['outbound open-sent', 'inbound open-confirm']);
  });

  it('are left to the peer where it will keep its own, which may not have reached us', () => {
    expect(outcome(BOTH, 'outbound', higher).slice(0, 2)).toEqual(['outbound open-confirm', 'inbound open-sent']);
  });
});

describe('an OPEN that comes late, to a connection that is not waiting for one', () => {
  it('does not disturb the wait of that connection', () => {
    const pair = { outbound: STATES.established, inbound: STATES['idle until connect-retry'] };
    expect(outcome(pair, 'inbound', EVENTS['OPEN (good)'])).toEqual([
      'outbound established',
      'inbound idle until connect-retry',
    ]);
  });
});

describe('any history of both connections', () => {
  it('never throws, never has two sessions, leaves no timer behind and delivers only what a session brought', () => {
    let sessions = 0;
    fc.assert(
      fc.property(history, fc.double({ min: 0, max: 0.999, noNaN: true }), (steps, jitter) => {
        const world = new World();
        let pair = PAIR;
        for (const [on, step] of steps) {
          const what = resolve(step, pair, on);
          const timer = TIMER_EVENTS[what.type];
          // A timer that does not run cannot run out.
          if (timer !== undefined && !world.timers[on].delete(timer)) continue;
          const next = advance(pair, on, what, SETTINGS, jitter);
          for (const { connection: target, action } of next.actions) world.do(target, action);
          pair = next.connections;
          for (const side of ['outbound', 'inbound'] as const) {
            expect([...world.timers[side]].sort()).toEqual(timersOf(pair[side], side).sort());
            expect(pair[side].state === 'established').toBe(world.up === side);
          }
        }
        sessions += world.everUp;
      }),
      { numRuns: 3000, seed: 4271 },
    );
    // The property would hold of a machine that never comes up.
    expect(sessions).toBeGreaterThan(500);
  });

  it('never strands a started peer: some timer, transport or listener is left to go on with', () => {
    fc.assert(
      fc.property(history, (steps) => {
        let pair = advance(PAIR, 'outbound', EVENTS.ManualStart, SETTINGS, 0).connections;
        pair = advance(pair, 'inbound', EVENTS.ManualStart, SETTINGS, 0).connections;
        for (const [on, step] of steps) {
          const what = resolve(step, pair, on);
          if (what.type !== 'ManualStop') pair = advance(pair, on, what, SETTINGS, 0).connections;
        }
        const { outbound, inbound } = pair;
        if (outbound.state !== 'idle') return;
        if (outbound.waitsFor === 'other-connection') expect(['open-confirm', 'established']).toContain(inbound.state);
        else expect(outbound.waitsFor).toBe('connect-retry');
      }),
      { numRuns: 3000, seed: 4724 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOSED,
  transition,
  type BreakerEvent,
  type BreakerProbe,
  type BreakerState,
} from '../../../../src/control-plane/health/breaker.ts';

const RULES = { failures: 3, openMs: 1_000 };
const NOW = 50_000;

const probe = (): BreakerProbe => ({ decided: Promise.resolve(), settle: () => undefined });
const [P, Q] = [probe(), probe()];

const TIMES = 2;
const STATES = {
  closed: CLOSED,
  failing: { kind: 'closed', failures: RULES.failures - 1 },
  open: { kind: 'open', until: NOW - 1, times: TIMES },
  untried: { kind: 'untried', times: TIMES },
  probed: { kind: 'half-open', times: TIMES, probe: P },
} as const satisfies Record<string, BreakerState>;

const EVENTS = {
  success: { type: 'called', succeeded: true },
  failure: { type: 'called', succeeded: false },
  'pause over': { type: 'rested', probe: undefined },
  'pause over, probe': { type: 'rested', probe: Q },
  'call is probe': { type: 'probed', probe: Q },
  'probe succeeds': { type: 'probe-ended', probe: P, succeeded: true },
  'probe fails': { type: 'probe-ended', probe: P, succeeded: false },
  'probe without an outcome': { type: 'probe-ended', probe: P, succeeded: undefined },
  'old probe succeeds': { type: 'probe-ended', probe: Q, succeeded: true },
  'old probe fails': { type: 'probe-ended', probe: Q, succeeded: false },
} as const satisfies Record<string, BreakerEvent>;

/** The states that events lead to, if they change anything. */
const CHANGES: Readonly<Record<keyof typeof STATES, Readonly<Partial<Record<keyof typeof EVENTS, BreakerState>>>>> = {
  closed: { failure: { kind: 'closed', failures: 1 } },
  failing: { success: CLOSED, failure: { kind: 'open', until: NOW + 1_000, times: 1 } },
  open: {
    success: CLOSED,
    'pause over': { kind: 'untried', times: TIMES },
    'pause over, probe': { kind: 'half-open', times: TIMES, probe: Q },
  },
  untried: { success: CLOSED, 'call is probe': { kind: 'half-open', times: TIMES, probe: Q } },
  probed: {
    success: CLOSED,
    'probe succeeds': CLOSED,
    'probe fails': { kind: 'open', until: NOW + 4_000, times: TIMES + 1 },
    'probe without an outcome': { kind: 'untried', times: TIMES },
  },
};

const names = <T extends object>(record: T) => Object.keys(record) as (keyof T)[];

describe.each(names(STATES))('a breaker that is %s', (from) => {
  it.each(names(EVENTS))('handles the event: %s', (name) => {
    const state = STATES[from];
    const after = transition(state, EVENTS[name], RULES, NOW);
    const expected = CHANGES[from][name];
    if (expected === undefined) expect(after).toBe(state);
    else expect(after).toEqual(expected);
  });
});

it.each([
  [1, 2_000],
  [4, 16_000],
  [5, 30_000],
  [500, 30_000],
])('the pause after %i earlier ones lasts %i ms', (times, ms) => {
  const state: BreakerState = { kind: 'half-open', times, probe: P };
  expect(transition(state, EVENTS['probe fails'], RULES, NOW)).toMatchObject({ until: NOW + ms });
});

it('opens only after consecutive failures, or by its probe', () => {
  const events = fc.array(fc.constantFrom(...names(EVENTS)), { maxLength: 40 });
  fc.assert(
    fc.property(events, (script) => {
      let state: BreakerState = CLOSED;
      let failures = 0;
      for (const name of script) {
        const before = state;
        state = transition(before, EVENTS[name], RULES, NOW);
        if (before.kind === 'closed') {
          if (name === 'failure') failures += 1;
          if (name === 'success') failures = 0;
        } else failures = 0;
        const hasOpened = state.kind === 'open' && before.kind !== 'open';
        const isByProbe = before.kind === 'half-open' && EVENTS[name].type === 'probe-ended';
        expect(hasOpened).toBe(isByProbe ? state.kind === 'open' : failures === RULES.failures);
      }
    }),
  );
});

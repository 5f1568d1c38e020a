/** The state of a breaker: it decides where a call to a next hop goes. */
export type BreakerState =
  /** Calls pass. */
  | { readonly kind: 'closed'; readonly failures: number }
  /** Calls are refused until then. */
  | { readonly kind: 'open'; readonly until: number; readonly times: number }
  /** The rest is over, and the next call is the probe. */
  | { readonly kind: 'untried'; readonly times: number }
  /** One probe runs, and calls wait for its outcome. */
  | { readonly kind: 'half-open'; readonly times: number; readonly probe: BreakerProbe };

/** A probe under way. */
export interface BreakerProbe {
  /** Resolves when the breaker is no longer half-open. */
  readonly decided: Promise<void>;
  readonly settle: () => void;
}

/** An event in the life of a breaker. */
export type BreakerEvent =
  /** A call that is not the probe has ended. */
  | { readonly type: 'called'; readonly succeeded: boolean }
  /** The time of the rest is over; without a probe, the next call is one. */
  | { readonly type: 'rested'; readonly probe: BreakerProbe | undefined }
  /** A call has become the probe. */
  | { readonly type: 'probed'; readonly probe: BreakerProbe }
  /** A probe has ended; undefined if its outcome says nothing of the next hop. */
  | { readonly type: 'probe-ended'; readonly probe: BreakerProbe; readonly succeeded: boolean | undefined };

export interface BreakerRules {
  /** How many failures in a row open the breaker. */
  readonly failures: number;
  /** How long it stays open the first time; doubled for every further time without success between. */
  readonly openMs: number;
}

/** The longest rest before a next hop is tried again. */
const MAX_OPEN_MS = 30_000;

export const CLOSED: BreakerState = { kind: 'closed', failures: 0 };

/** Returns the state after an event; the same object if the event changes nothing. */
export function transition(state: BreakerState, event: BreakerEvent, rules: BreakerRules, now: number): BreakerState {
  switch (event.type) {
    case 'called':
      return event.succeeded ? afterSuccess(state) : afterFailure(state, rules, now);
    case 'rested':
      if (state.kind !== 'open') return state;
      return event.probe === undefined
        ? { kind: 'untried', times: state.times }
        : { kind: 'half-open', times: state.times, probe: event.probe };
    case 'probed':
      return state.kind === 'untried' ? { kind: 'half-open', times: state.times, probe: event.probe } : state;
    case 'probe-ended':
      if (state.kind !== 'half-open' || state.probe !== event.probe) return state;
      return afterProbe(state.times, event.succeeded, rules, now);
  }
}

function afterProbe(times: number, succeeded: boolean | undefined, rules: BreakerRules, now: number): BreakerState {
  if (succeeded === undefined) return { kind: 'untried', times };
  return succeeded ? CLOSED : opened(times, rules, now);
}

function afterSuccess(state: BreakerState): BreakerState {
  return state.kind === 'closed' && state.failures === 0 ? state : CLOSED;
}

/** Once a breaker has opened, only its probe tells whether it opens again: other calls were sent before. */
function afterFailure(state: BreakerState, rules: BreakerRules, now: number): BreakerState {
  if (state.kind !== 'closed') return state;
  const failures = state.failures + 1;
  return failures < rules.failures ? { kind: 'closed', failures } : opened(0, rules, now);
}

function opened(times: number, { openMs }: BreakerRules, now: number): BreakerState {
  return { kind: 'open', until: now + Math.min(openMs * 2 ** times, MAX_OPEN_MS), times: times + 1 };
}

/** State of a breaker, which decides whether a call may go to its next hop. */
export type BreakerState =
  /** Calls pass. */
  | { readonly kind: 'closed'; readonly failures: number }
  /** Calls are rejected until this time. */
  | { readonly kind: 'open'; readonly until: number; readonly times: number }
  /** The pause is over, and the next call is the probe. */
  | { readonly kind: 'untried'; readonly times: number }
  /** One probe runs, and calls wait for its outcome. */
  | { readonly kind: 'half-open'; readonly times: number; readonly probe: BreakerProbe };

/** A running probe. */
export interface BreakerProbe {
  /** Resolves when the breaker is no longer half-open. */
  readonly decided: Promise<void>;
  readonly settle: () => void;
}

/** An event that changes a breaker's state. */
export type BreakerEvent =
  /** A call that is not the probe has ended. */
  | { readonly type: 'called'; readonly succeeded: boolean }
  /** The pause is over. Without `probe`, the next call is the probe. */
  | { readonly type: 'rested'; readonly probe: BreakerProbe | undefined }
  /** A call has become the probe. */
  | { readonly type: 'probed'; readonly probe: BreakerProbe }
  /** A probe has ended. `succeeded` is undefined if the outcome does not concern the next hop. */
  | { readonly type: 'probe-ended'; readonly probe: BreakerProbe; readonly succeeded: boolean | undefined };

export interface BreakerRules {
  /** Number of consecutive failures that open the breaker. */
  readonly failures: number;
  /** Length of the first pause. It doubles for each further pause without a success between. */
  readonly openMs: number;
}

/** Maximum length of a pause. */
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

/**
 * Returns the state after a failed call. After a breaker has opened, only its probe decides whether it opens again,
 * because other calls were sent before.
 */
function afterFailure(state: BreakerState, rules: BreakerRules, now: number): BreakerState {
  if (state.kind !== 'closed') return state;
  const failures = state.failures + 1;
  return failures < rules.failures ? { kind: 'closed', failures } : opened(0, rules, now);
}

function opened(times: number, { openMs }: BreakerRules, now: number): BreakerState {
  return { kind: 'open', until: now + Math.min(openMs * 2 ** times, MAX_OPEN_MS), times: times + 1 };
}

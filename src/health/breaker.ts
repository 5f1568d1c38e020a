/** Whether calls may go to a next hop. */
export type BreakerState =
  /** They may. */
  | { readonly kind: 'closed'; readonly failures: number }
  /** They may not, until then. */
  | { readonly kind: 'open'; readonly until: number; readonly times: number }
  /** The next outcome decides. */
  | { readonly kind: 'half-open'; readonly times: number };

export interface BreakerRules {
  /** How many failures in a row open the breaker. */
  readonly failures: number;
  /** How long it stays open the first time; doubled for every further time without success between. */
  readonly openMs: number;
}

/** Nobody waits longer than this for a next hop to be tried again. */
const MAX_OPEN_MS = 30_000;

export const CLOSED: BreakerState = { kind: 'closed', failures: 0 };

/** The state after one more outcome. */
export function afterOutcome(state: BreakerState, succeeded: boolean, rules: BreakerRules, now: number): BreakerState {
  if (succeeded) return CLOSED;
  switch (state.kind) {
    case 'closed': {
      const failures = state.failures + 1;
      return failures < rules.failures ? { kind: 'closed', failures } : opened(0, rules, now);
    }
    case 'half-open':
      return opened(state.times, rules, now);
    case 'open':
      return state;
  }
}

/** The state of an open breaker when its time is over. */
export function afterWait(state: BreakerState): BreakerState {
  return state.kind === 'open' ? { kind: 'half-open', times: state.times } : state;
}

function opened(times: number, { openMs }: BreakerRules, now: number): BreakerState {
  return { kind: 'open', until: now + Math.min(openMs * 2 ** times, MAX_OPEN_MS), times: times + 1 };
}

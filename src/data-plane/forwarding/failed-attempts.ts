import type { Failure, FailureCode, Reached } from '../../base/failure/failure.ts';
import type { Ended } from './attempt.ts';
import type { Retry } from './call.ts';

/** Summary of attempts that have all failed. */
export interface FailedAttempts {
  /** The last failure that says more than that there is no route. */
  readonly shown: Failure;
  /** The worst of all attempts. */
  readonly reached: Reached;
  /** True if the call may be repeated elsewhere. */
  readonly mayRepeat: boolean;
}

const REACHED: readonly Reached[] = ['no', 'maybe', 'yes'];

/** Codes which only say that there is no other route. An earlier failure says more. */
const NO_WAY: readonly FailureCode[] = ['AGENT_NOT_FOUND', 'LOOP_DETECTED'];

/** Codes with which every other copy would answer too. */
const FINAL: readonly FailureCode[] = ['INVALID_REQUEST', 'DENIED_BY_POLICY', 'INVALID_AGENT_ID'];

/** Sums up the failures among attempts; undefined if there is none. */
export function failedAttempts(ends: readonly Ended<unknown>[], retry: Retry): FailedAttempts | undefined {
  const failures = ends.flatMap((end) => (end.outcome === 'failed' ? [end.failure] : []));
  const [first] = failures;
  if (first === undefined) return undefined;
  return {
    shown: failures.reduce((before, now) => (NO_WAY.includes(now.code) ? before : now)),
    reached: REACHED[Math.max(...failures.map(({ reached }) => REACHED.indexOf(reached)))] ?? first.reached,
    mayRepeat: failures.every((failure) => mayRepeat(failure, retry)),
  };
}

/**
 * Returns true if a call may be retried after a failure: the agent was not reached, or the caller allows retries and a
 * retry could help.
 */
function mayRepeat({ reached, code }: Failure, retry: Retry): boolean {
  return reached === 'no' || (retry === 'always' && !FINAL.includes(code));
}

import { Failure } from '../../base/failure/failure.ts';

/**
 * Counts a call of an account. Returns the milliseconds until the account may call again; undefined if the call is
 * admitted.
 */
export type Admission = (caller: string) => number | undefined;

/** A caller has made more calls than its rate limit allows. */
export class TooManyCalls extends Failure {
  constructor(retryAfterMs: number) {
    super(
      'SERVER_UNAVAILABLE',
      `You have made more calls than calls.maxPerMinute allows here. Nothing was sent. Retry in ${retryAfterMs} ms.`,
      { blames: 'caller', details: { reached: 'no', retryAfterMs } },
    );
  }
}

/** Throws if a caller may not call now. */
export function admit(admission: Admission, caller: string): void {
  const retryAfterMs = admission(caller);
  if (retryAfterMs !== undefined) throw new TooManyCalls(retryAfterMs);
}

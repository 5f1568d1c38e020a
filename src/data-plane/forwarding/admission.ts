import { Failure } from '../../base/failure/failure.ts';

/** Counts a call of a caller, who is known by its account; says in how many milliseconds it may call again where it may not now. */
export type Admission = (caller: string) => number | undefined;

/** Who has made more calls than are allowed has to wait. */
export class TooManyCalls extends Failure {
  constructor(retryAfterMs: number) {
    super(
      'SERVER_UNAVAILABLE',
      `More calls have come from you than calls.maxPerMinute allows here. Nothing was sent. Call again in ${retryAfterMs} ms.`,
      { blames: 'caller', details: { reached: 'no', retryAfterMs } },
    );
  }
}

/** Throws where a caller may not call now. */
export function admit(admission: Admission, caller: string): void {
  const retryAfterMs = admission(caller);
  if (retryAfterMs !== undefined) throw new TooManyCalls(retryAfterMs);
}

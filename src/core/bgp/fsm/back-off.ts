/** The history that decides the delay before the next attempt to connect (RFC 4271 §8.1.1, ConnectRetryCounter). */
export interface BackOff {
  /** Failures in a row since the last session or start. */
  readonly attempts: number;
  /** Sessions in a row that did not outlive their first keepalive interval (RFC 4271 §8.1.1, DampPeerOscillations). */
  readonly flaps: number;
  /** True if there has been a session on this connection in this run. */
  readonly met: boolean;
}

/** The back-off of a connection that was never started. */
export const NEVER_TRIED: BackOff = { attempts: 0, flaps: 0, met: false };

/** The delay after the first failure, in milliseconds; it doubles with every further one. */
const FIRST_RETRY_MS = 250;

/** The longest delay while there was no session yet, in milliseconds: the peer may be about to start. */
const FIRST_CONTACT_CAP_MS = 5_000;

/** The longest delay once there was a session, in milliseconds. */
const RETRY_CAP_MS = 60_000;

/** The longest time that a dial may take before it is given up and begun anew, in milliseconds (RFC 4271 §10, ConnectRetryTime). */
export const DIAL_TIMEOUT_MS = 10_000;

/** The largest share of the delay that jitter may take away (RFC 4271 §10). */
const JITTER_SHARE = 0.25;

/** Returns the back-off after one more failure (RFC 4271 §8.2.2). */
export function afterFailure(backOff: BackOff): BackOff {
  return { ...backOff, attempts: backOff.attempts + 1 };
}

/** Returns the back-off of a new beginning, such as an operator's start or a sign of life of the peer (RFC 4271 §8.2.2). */
export function afterReset(backOff: BackOff): BackOff {
  return { ...backOff, attempts: 0, flaps: 0 };
}

/** Returns the back-off of a session that has just come up; only one that is kept alive by timers can prove itself later. */
export function afterUp(backOff: BackOff, timed: boolean): BackOff {
  return { attempts: 0, flaps: timed ? backOff.flaps + 1 : 0, met: true };
}

/** Returns the delay before the next attempt, in milliseconds; `jitter` is drawn from [0, 1) (RFC 4271 §10). */
export function retryDelayMs(backOff: BackOff, jitter: number): number {
  const failures = backOff.attempts + backOff.flaps;
  const cap = backOff.met ? RETRY_CAP_MS : FIRST_CONTACT_CAP_MS;
  const delay = Math.min(cap, FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(delay * (1 - JITTER_SHARE * jitter));
}

/** How often a server is asked. */
export interface Pace {
  /** Between two answers. */
  readonly intervalMs: number;
  /** Quick repetitions after a failure, at most. */
  readonly retries: number;
  /** Before the first repetition; doubled for every further one. */
  readonly backoffMs: number;
  /** Between two quick repetitions at most. */
  readonly maxBackoffMs: number;
}

/** A server that stays away is asked at least this often, so that one that was just started is found soon. */
const MAX_AWAY_MS = 30_000;

/**
 * How long to wait after an answer (`failures` 0) or after that many failures in a row: quickly at first, then ever less
 * often. `random` is drawn from [0, 1) and spreads the servers by a quarter to both sides.
 */
export function delayMs(pace: Pace, failures: number, random: number): number {
  return Math.round(baseDelayMs(pace, failures) * (0.75 + random / 2));
}

function baseDelayMs({ intervalMs, retries, backoffMs, maxBackoffMs }: Pace, failures: number): number {
  if (failures === 0) return intervalMs;
  if (failures <= retries) return Math.min(intervalMs, maxBackoffMs, backoffMs * 2 ** (failures - 1));
  return Math.min(intervalMs, MAX_AWAY_MS, maxBackoffMs * 2 ** (failures - retries));
}

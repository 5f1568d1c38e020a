/** Times between requests to a server. */
export interface Pace {
  /** Time between two answers. */
  readonly intervalMs: number;
  /** Maximum number of quick retries after a failure. */
  readonly retries: number;
  /** Time before the first retry. It doubles for each further one. */
  readonly backoffMs: number;
  /** Maximum time between two quick retries. */
  readonly maxBackoffMs: number;
}

/** Maximum time between requests to an unreachable server, so that a newly started one is found soon. */
const MAX_AWAY_MS = 30_000;

/**
 * Returns the delay after an answer (`failures` 0) or after consecutive failures. It is short at first and then grows.
 * `random` is drawn from [0, 1) and spreads the servers by a quarter in both directions.
 */
export function delayMs(pace: Pace, failures: number, random: number): number {
  return Math.round(baseDelayMs(pace, failures) * (0.75 + random / 2));
}

function baseDelayMs({ intervalMs, retries, backoffMs, maxBackoffMs }: Pace, failures: number): number {
  if (failures === 0) return intervalMs;
  if (failures <= retries) return Math.min(intervalMs, maxBackoffMs, backoffMs * 2 ** (failures - 1));
  return Math.min(intervalMs, MAX_AWAY_MS, maxBackoffMs * 2 ** (failures - retries));
}

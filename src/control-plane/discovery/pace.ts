/** Timing of the polls of a server. */
export interface Pace {
  /** Interval between two polls of a server that answers. */
  readonly intervalMs: number;
  /** Maximum number of quick retries after a failure. */
  readonly retries: number;
  /** Delay before the first retry. It doubles with every further one. */
  readonly backoffMs: number;
  /** Maximum delay between two quick retries. */
  readonly maxBackoffMs: number;
}

/** Maximum delay between polls of a server that is down, so that a restart is noticed soon. */
const MAX_AWAY_MS = 30_000;

/**
 * Returns the delay of the next poll after an answer (`failures` 0) or after that many consecutive failures. Retries are
 * quick at first and then less and less frequent. `random` from [0, 1) varies the delay by up to a quarter.
 */
export function delayMs(pace: Pace, failures: number, random: number): number {
  return Math.round(baseDelayMs(pace, failures) * (0.75 + random / 2));
}

function baseDelayMs({ intervalMs, retries, backoffMs, maxBackoffMs }: Pace, failures: number): number {
  if (failures === 0) return intervalMs;
  if (failures <= retries) return Math.min(intervalMs, maxBackoffMs, backoffMs * 2 ** (failures - 1));
  return Math.min(intervalMs, MAX_AWAY_MS, maxBackoffMs * 2 ** (failures - retries));
}

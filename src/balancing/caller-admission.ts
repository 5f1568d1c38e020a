import { CallerRates, type CallerLimits } from './caller-rates.ts';

/**
 * Counts a call of a caller; returns in how many milliseconds it may call again where it may not now. Guests are counted by
 * their AS, because they could choose another router id with every session.
 */
export function callerAdmission({
  maxPerMinute,
  maxBurst = maxPerMinute,
}: Partial<CallerLimits>): (caller: string) => number | undefined {
  if (maxPerMinute === undefined || maxBurst === undefined) return () => undefined;
  const rates = new CallerRates({ maxPerMinute, maxBurst });
  return (caller) => rates.take(caller.split('/', 1)[0] ?? caller, performance.now());
}

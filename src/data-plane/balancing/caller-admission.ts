import { CallerRates, type CallerLimits } from './caller-rates.ts';

/**
 * Returns a function that counts a call of a caller. The function returns the milliseconds until a rejected call may be
 * retried; undefined if the call is admitted.
 */
export function callerAdmission({
  maxPerMinute,
  maxBurst = maxPerMinute,
}: Partial<CallerLimits>): (caller: string) => number | undefined {
  if (maxPerMinute === undefined || maxBurst === undefined) return () => undefined;
  const rates = new CallerRates({ maxPerMinute, maxBurst });
  return (caller) => rates.take(caller, performance.now());
}

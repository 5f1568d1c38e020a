import { CallerRates } from '../balancing/caller-rates.ts';
import type { CallsConfig } from '../config/config.ts';
import type { Admission } from '../forwarding/admission.ts';

/** Returns the check of how often callers call. */
export function admissionOf({ maxPerMinute, maxBurst = maxPerMinute }: CallsConfig): Admission {
  if (maxPerMinute === undefined || maxBurst === undefined) return () => undefined;
  const rates = new CallerRates({ maxPerMinute, maxBurst });
  return (caller) => rates.take(caller, performance.now());
}

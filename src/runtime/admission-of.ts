import { CallerRates } from '../balancing/caller-rates.ts';
import type { CallsConfig } from '../config/config.ts';
import type { Admission } from '../forwarding/admission.ts';

/** Guests are counted by their AS: they could choose another router id with every session. */
export function admissionOf({ maxPerMinute, maxBurst = maxPerMinute }: CallsConfig): Admission {
  if (maxPerMinute === undefined || maxBurst === undefined) return () => undefined;
  const rates = new CallerRates({ maxPerMinute, maxBurst });
  return (caller) => rates.take(caller.split('/', 1)[0] ?? caller, performance.now());
}

import { redact } from '../telemetry/redact.ts';

const MAX_LENGTH = 100;

/** A value as a message may show it: without credentials, cut to length; undefined when there is nothing to show. */
export function shownValue(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const [, asn = '', rest = ''] = /^(\d+@)?(.*)$/s.exec(redact(String(value))) ?? [];
  // Also where the scheme is missing or misspelt: everything before the last @ may be a password.
  const masked = asn + rest.replace(/^([A-Za-z0-9._-]*=)?((?:https?:\/\/)?)[^\s]*@/i, '$1$2***@');
  return masked.length > MAX_LENGTH ? `${masked.slice(0, MAX_LENGTH)}…` : masked;
}

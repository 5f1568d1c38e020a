import { redact } from '../telemetry/redact.ts';

const MAX_LENGTH = 100;

/** Returns a value for display: credentials masked, then truncated. Returns undefined for lists and objects. */
export function shownValue(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const [, asn = '', rest = ''] = /^(\d+@)?(.*)$/s.exec(redact(String(value))) ?? [];
  // Everything before the last @ may be a password, even if the scheme is missing or misspelt.
  const masked = asn + rest.replace(/^([A-Za-z0-9._-]*=)?((?:https?:\/\/)?)[^\s]*@/i, '$1$2***@');
  return masked.length > MAX_LENGTH ? `${masked.slice(0, MAX_LENGTH)}…` : masked;
}

import type { Parsed } from './parsed.ts';

/** Parses a whole number. Accepts text too, because variables and `${VAR}` are text. */
export function parseInteger(value: unknown, min: number, max: number): Parsed<number> {
  const number = typeof value === 'string' && /^(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
    return { fault: `must be a whole number from ${min} to ${max}` };
  }
  return { value: number };
}

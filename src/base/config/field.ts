import { z } from 'zod';
import type { Parsed } from './parsed.ts';

/** Builds the schema of one value from its parser. */
export function field<T>(parse: (value: unknown) => Parsed<T>): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    const parsed = parse(value);
    if ('value' in parsed) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.fault, input: value });
    return z.NEVER;
  });
}

/** Builds the schema of one text value from its parser. Rejects other types. */
export function textField<T>(parse: (text: string) => Parsed<T>): z.ZodType<T> {
  return field((value) => (typeof value === 'string' ? parse(value) : { fault: 'must be text' }));
}

import { z } from 'zod';
import type { Parsed } from './parsed.ts';

/** A schema for one value, made of a parser that knows what would be right. */
export function field<T>(parse: (value: unknown) => Parsed<T>): z.ZodType<T> {
  return z.unknown().transform((value, context) => {
    const parsed = parse(value);
    if ('value' in parsed) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.fault, input: value });
    return z.NEVER;
  });
}

/** The same for what must be text to begin with. */
export function textField<T>(parse: (text: string) => Parsed<T>): z.ZodType<T> {
  return field((value) => (typeof value === 'string' ? parse(value) : { fault: 'must be text' }));
}

import { z } from 'zod';
import type { Parsed } from './parsed.ts';

/** Builds the schema of a value with a short form, one text, and a long form, an object. */
export function shortOrLong<T>(parse: (text: string) => Parsed<T>, longForm: z.ZodType<T>): z.ZodType<T> {
  return z.unknown().transform((value, context): T => {
    if (typeof value === 'string') {
      const parsed = parse(value);
      if ('value' in parsed) return parsed.value;
      context.addIssue({ code: 'custom', message: parsed.fault, input: value });
      return z.NEVER;
    }
    const parsed = longForm.safeParse(value);
    if (parsed.success) return parsed.data;
    context.issues.push(
      ...parsed.error.issues.map((issue) => ({ ...issue, input: value }) as (typeof context.issues)[number]),
    );
    return z.NEVER;
  });
}

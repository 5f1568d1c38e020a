import type { z } from 'zod';
import type { ValueFault } from './expand.ts';

/** A fault of a value, or of the key itself. */
export interface SchemaFault extends ValueFault {
  readonly at: 'key' | 'value';
}

/**
 * Parses an object whose keys are all optional. Reports wrong values and returns the others, so that later checks of
 * several values report their problems in the same run.
 */
export function parseKnown<T>(
  schema: z.ZodType<T>,
  raw: Readonly<Record<string, unknown>>,
): { readonly data: T; readonly faults: readonly SchemaFault[] } {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { data: parsed.data, faults: [] };
  const faults = schemaFaults(parsed.error);
  const wrong = new Set(faults.map(({ path }) => path[0]));
  return { data: schema.parse(Object.fromEntries(Object.entries(raw).filter(([key]) => !wrong.has(key)))), faults };
}

/** Returns one fault per wrong value and one per unknown key. */
export function schemaFaults(error: z.ZodError): readonly SchemaFault[] {
  return error.issues.flatMap((issue): SchemaFault[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], message: issue.message, at: 'key' }))
      : [{ path: issue.path, message: issue.message, at: 'value' }],
  );
}

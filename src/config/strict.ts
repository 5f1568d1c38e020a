import { z } from 'zod';

/** An object schema that knows its keys, and names them to whoever misspells one. */
export function strict<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `is not a known key; known here: ${known}`
        : `must be an object with the keys ${known}`,
  });
}

import { z } from 'zod';

/** Builds an object schema that rejects unknown keys. Its messages list the known keys, except those in `unspoken`. */
export function strict<S extends z.ZodRawShape>(
  shape: S,
  unspoken: readonly string[] = [],
): z.ZodObject<S, z.core.$strict> {
  const known = Object.keys(shape)
    .filter((key) => !unspoken.includes(key))
    .join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `is not a known key; known here: ${known}`
        : `must be an object with the keys ${known}`,
  });
}

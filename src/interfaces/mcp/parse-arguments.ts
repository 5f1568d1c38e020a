import type * as z from 'zod';
import { Failure } from '../../base/failure/failure.ts';

const MAX_PROBLEMS = 10;

/** The arguments of a tool call do not match its schema. */
export class InvalidArguments extends Failure {
  constructor(tool: string, problems: readonly string[]) {
    super('INVALID_REQUEST', `Invalid arguments for ${tool}: ${problems.join('; ')}.`, {
      blames: 'caller',
      details: { problems },
    });
  }
}

/**
 * Parses the arguments with the schema. Throws {@link InvalidArguments} with the first {@link MAX_PROBLEMS} problems.
 */
export function parseArguments<Schema extends z.ZodType>(
  tool: string,
  schema: Schema,
  args: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => {
    return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
  });
  throw new InvalidArguments(tool, problems);
}

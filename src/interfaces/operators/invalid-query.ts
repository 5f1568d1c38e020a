/** Maximum number of values in a message. Guests can make the full list long. */
const MAX_LISTED = 20;

/** A request has an unknown parameter or an invalid value. */
export class InvalidQuery extends Error {}

/** Returns the error for a value that is not one of the known values. */
export function notAmong(parameter: string, known: readonly string[]): InvalidQuery {
  const listed = known.slice(0, MAX_LISTED).join(', ');
  const more = known.length > MAX_LISTED ? `, and ${known.length - MAX_LISTED} more` : '';
  return new InvalidQuery(`${parameter} must be one of: ${listed || '(none)'}${more}`);
}

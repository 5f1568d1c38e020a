/** More values than this are not listed: there may be as many as there are guests. */
const MAX_LISTED = 20;

/** A request has a parameter that it cannot have, or one with a value that it cannot have. */
export class InvalidQuery extends Error {}

/** The error for a value that is none of those that are known. */
export function notAmong(parameter: string, known: readonly string[]): InvalidQuery {
  const listed = known.slice(0, MAX_LISTED).join(', ');
  const more = known.length > MAX_LISTED ? `, and ${known.length - MAX_LISTED} more` : '';
  return new InvalidQuery(`${parameter} must be one of: ${listed || '(there is none)'}${more}`);
}

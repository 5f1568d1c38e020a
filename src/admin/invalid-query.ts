/** A request has a parameter that it cannot have, or one with a value that it cannot have. */
export class InvalidQuery extends Error {
  constructor(parameter: string, known: readonly string[]) {
    super(`${parameter} must be one of: ${known.join(', ') || '(there is none)'}`);
  }
}

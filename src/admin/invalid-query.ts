/** A parameter of a request has a value that it cannot have. */
export class InvalidQuery extends Error {
  constructor(parameter: string, known: readonly string[]) {
    super(`${parameter} must be one of: ${known.join(', ') || '(there is none)'}`);
  }
}

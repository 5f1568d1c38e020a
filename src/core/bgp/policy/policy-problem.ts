/** A fault of a policy file, in words for the person who wrote it. */
export interface PolicyProblem {
  /** The keys and indices that lead to the place; the last is missing from the file when something was left out. */
  readonly path: readonly (string | number)[];
  /** Names the value and what would be right. */
  readonly message: string;
}

/** One problem of the configuration. */
export interface Problem {
  /** Name of the variable or path of the file. */
  readonly source: string;
  readonly line?: number;
  readonly column?: number;
  /** Path inside the source, such as `servers[1].url`. */
  readonly place?: string;
  /** Value in the source; absent if it is a secret. */
  readonly value?: string;
  /** Fault, with a statement of what would be valid. */
  readonly message: string;
}

/**
 * Formats a problem as one line: `agents.yaml:3:10: servers[0].url: must begin with http:// or https:// (got
 * "ftp://a")`.
 */
export function formatProblem(problem: Problem): string {
  const { source, line, column, place, value, message } = problem;
  const position = line === undefined ? source : `${source}:${line}:${column ?? 1}`;
  const where = place === undefined ? position : `${position}: ${place}`;
  return `${where}: ${message}${value === undefined ? '' : ` (got ${JSON.stringify(value)})`}`;
}

/** Groups problems by source, in the order in which the sources appear, and sorts each group by position. */
export function inReadingOrder(problems: readonly Problem[]): readonly Problem[] {
  const sources = [...new Set(problems.map(({ source }) => source))];
  return problems.toSorted(
    (a, b) =>
      sources.indexOf(a.source) - sources.indexOf(b.source) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

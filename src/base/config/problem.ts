/** One thing that is wrong with the configuration. */
export interface Problem {
  /** The variable or the file. */
  readonly source: string;
  readonly line?: number;
  readonly column?: number;
  /** Where inside the source, such as `servers[1].url`. */
  readonly place?: string;
  /** What stands there; secrets are left out. */
  readonly value?: string;
  /** What is wrong, and what would be right. */
  readonly message: string;
}

/** A problem as one line: `agents.yaml:3:10: servers[0].url: must begin with http:// or https:// (got "ftp://a")`. */
export function formatProblem(problem: Problem): string {
  const { source, line, column, place, value, message } = problem;
  const position = line === undefined ? source : `${source}:${line}:${column ?? 1}`;
  const where = place === undefined ? position : `${position}: ${place}`;
  return `${where}: ${message}${value === undefined ? '' : ` (got ${JSON.stringify(value)})`}`;
}

/** Problems by source in the order in which the sources turned up, each from top to bottom. */
export function inReadingOrder(problems: readonly Problem[]): readonly Problem[] {
  const sources = [...new Set(problems.map(({ source }) => source))];
  return problems.toSorted(
    (a, b) =>
      sources.indexOf(a.source) - sources.indexOf(b.source) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

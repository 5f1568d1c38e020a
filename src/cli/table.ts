/** Rows under their heads, in columns as wide as they need to be. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const all = [heads, ...rows].map((row) => row.map(String));
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const MAX_NAMES = 5;
/** Maximum number of compared names, because a hint must not cost more than the call. */
const MAX_COMPARED = 5_000;
const MAX_LENGTH = 64;
/** Maximum length of a name in a hint. */
const MAX_SHOWN_LENGTH = 128;

/** Returns the names that a caller may have meant, the nearest first; empty if none is near. */
export function nearestNames(wanted: string, names: Iterable<string>): string[] {
  const target = wanted.slice(0, MAX_LENGTH).toLowerCase();
  const limit = Math.max(2, Math.floor(target.length / 3));
  const near: { name: string; distance: number }[] = [];
  let compared = 0;
  for (const name of names) {
    compared += 1;
    if (compared > MAX_COMPARED) break;
    const distance = nameDistance(target, name.slice(0, MAX_LENGTH).toLowerCase(), limit);
    if (distance <= limit && name.length <= MAX_SHOWN_LENGTH) near.push({ name, distance });
  }
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return [...new Set(near.map(({ name }) => name))].slice(0, MAX_NAMES);
}

/** Returns the number of edits between two names. If one contains the other, it is 1. */
function nameDistance(a: string, b: string, limit: number): number {
  if (a.length >= 3 && b.length >= 3 && (a.includes(b) || b.includes(a))) return a === b ? 0 : 1;
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  return editDistance(a, b);
}

/** Computes the Levenshtein distance with one row. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    let diagonal = row[0] ?? 0;
    row[0] = i;
    for (let j = 1; j <= b.length; j += 1) {
      const above = row[j] ?? 0;
      const replaced = diagonal + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, above + 1, (row[j - 1] ?? 0) + 1);
      diagonal = above;
    }
  }
  return row[b.length] ?? 0;
}

/** Maximum nesting depth of JSON that is traversed or shown. */
export const MAX_JSON_DEPTH = 64;

const TOO_DEEP = '[nested too deep to be shown]';

/**
 * Applies `change` to every text of a JSON value, including keys. Replaces values nested deeper than `depth`, so that the
 * result can be serialised. Returns the same value if nothing changes.
 */
export function mapTexts(value: unknown, change: (text: string) => string, depth = MAX_JSON_DEPTH): unknown {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return TOO_DEEP;
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    const changed = items.map((item) => mapTexts(item, change, depth - 1));
    return changed.some((item, at) => item !== items[at]) ? changed : value;
  }
  const entries = Object.entries(value);
  const changed = entries.map(([key, item]) => [change(key), mapTexts(item, change, depth - 1)] as const);
  const isSame = entries.every(([key, item], at) => key === changed[at]?.[0] && item === changed[at][1]);
  return isSame ? value : Object.fromEntries(changed);
}

/** How deep JSON may be nested that is walked through or shown. */
export const MAX_JSON_DEPTH = 64;

const TOO_DEEP = '[nested too deep to be shown]';

/**
 * Changes every text of a JSON value, keys included, and replaces what is nested deeper than {@link MAX_JSON_DEPTH}: what
 * comes back can be written again. A value in which nothing changes comes back itself.
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

/**
 * True if a value is plain JSON of a bounded size, counted in characters of text plus values, and of bounded depth. A value
 * that passes can be checked, compared and written again at a known cost.
 */
export function fits(value: unknown, maxSize: number, maxDepth: number): boolean {
  return spend(value, maxSize, maxDepth) >= 0;
}

/** Returns the rest of the budget after the value; negative when it does not suffice. */
function spend(value: unknown, budget: number, depth: number): number {
  if (budget < 1 || depth < 0) return -1;
  if (typeof value === 'string') return budget - 1 - value.length;
  if (typeof value === 'number') return Number.isFinite(value) ? budget - 1 : -1;
  if (typeof value === 'boolean' || value === null) return budget - 1;
  if (typeof value !== 'object') return -1;
  return Array.isArray(value) ? spendArray(value, budget - 1, depth - 1) : spendObject(value, budget - 1, depth - 1);
}

function spendArray(values: readonly unknown[], budget: number, depth: number): number {
  if (values.length > budget) return -1;
  let left = budget;
  for (const value of values) left = spend(value, left, depth);
  return left;
}

function spendObject(value: object, budget: number, depth: number): number {
  const keys = Object.keys(value);
  if (keys.length > budget) return -1;
  let left = budget;
  for (const key of keys) left = spend((value as Record<string, unknown>)[key], left - key.length, depth);
  return left;
}

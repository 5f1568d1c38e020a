import { LineCounter, parseDocument, isNode } from 'yaml';
import type { z } from 'zod';

/** Something that is wrong in a file, and where. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  /** The place inside the file, such as `links[0].between`. */
  readonly place?: string;
  readonly message: string;
}

/** The value of a text, or all its faults. */
export type Reading<T> = { readonly value: T } | { readonly problems: readonly Problem[] };

/** Reads YAML (and so JSON) by a schema; every problem has its place in the text. */
export function readYaml<T>(text: string, schema: z.ZodType<T>): Reading<T> {
  try {
    return reading(text, schema);
  } catch (error) {
    // Such as aliases that lead nowhere or multiply beyond measure, or nesting deeper than the stack.
    return { problems: [{ line: 1, column: 1, message: error instanceof Error ? error.message : String(error) }] };
  }
}

function reading<T>(text: string, schema: z.ZodType<T>): Reading<T> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    return { problems: document.errors.map(({ pos, message }) => ({ ...place(pos[0]), message })) };
  }
  const result = schema.safeParse(document.toJS());
  if (result.success) return { value: result.data };
  const problems = result.error.issues
    .flatMap((issue) => innermost(issue))
    .map(({ path, message }) => {
      const where = path.length > 0 ? { place: written(path) } : {};
      return { ...place(offsetOf(document, path)), ...where, message };
    });
  return { problems };
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Returns the faults of that alternative of a union which came furthest. */
function innermost(issue: z.core.$ZodIssue, outer: readonly PropertyKey[] = []): Fault[] {
  const path = [...outer, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: 'there is no such key' }));
  }
  if (issue.code !== 'invalid_union') return [{ path, message: issue.message }];
  const alternatives = issue.errors.map((errors) => errors.flatMap((inner) => innermost(inner, path)));
  const depth = (faults: readonly Fault[]): number => Math.max(...faults.map((fault) => fault.path.length));
  const furthest = alternatives
    .filter((faults) => faults.length > 0)
    .reduce<Fault[] | undefined>((best, faults) => (best && depth(best) >= depth(faults) ? best : faults), undefined);
  return furthest ?? [{ path, message: issue.message }];
}

/** Returns a place as people write it: `links[1].between`. */
function written(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

/** Returns the offset of a value in the text; of a value that is missing, that of its surroundings. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

import * as yaml from 'yaml';

type Path = readonly PropertyKey[];

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Position and reason of a syntax error. */
export interface SyntaxFault extends Position {
  readonly message: string;
}

/** A parsed YAML or JSON file with the positions of its values. */
export interface PositionedDocument {
  readonly value: unknown;
  /** Returns the position of a value or of its key. A missing value has the position of its parent. */
  readonly positionOf: (path: Path, at: 'key' | 'value') => Position;
}

export type DocumentResult =
  | { readonly ok: true; readonly document: PositionedDocument }
  | { readonly ok: false; readonly faults: readonly SyntaxFault[] };

/** Parses YAML, which includes JSON. */
export function parseDocument(text: string): DocumentResult {
  const lineCounter = new yaml.LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  try {
    const document = yaml.parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'silent' });
    const faults = [
      ...[...document.errors, ...document.warnings].map(({ message, pos: [offset] }) => ({ offset, message })),
      ...structureFaults(document),
    ];
    if (faults.length > 0) {
      return { ok: false, faults: faults.map(({ offset, message }) => ({ message, ...position(offset) })) };
    }
    const value: unknown = document.toJS();
    const root = document.contents;
    return {
      ok: true,
      document: { value, positionOf: (path, at) => position(offsetOf(document, root, path, at)) },
    };
  } catch (error) {
    // For example nesting that is too deep for the stack, or an excessive expansion of aliases.
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, faults: [{ message, line: 1, column: 1 }] };
  }
}

type ParsedDocument = ReturnType<typeof yaml.parseDocument>;

/** Finds structures that are valid YAML and make no sense in a configuration. */
function structureFaults(document: ParsedDocument): { offset: number; message: string }[] {
  const faults: { offset: number; message: string }[] = [];
  const report = (node: unknown, message: string): void => {
    faults.push({ offset: offsetOfNode(node) ?? 0, message });
  };
  yaml.visit(document, {
    Pair: (_, pair) => {
      if (!yaml.isScalar(pair.key)) report(pair.key, 'A key must be plain text.');
    },
    Alias: (_, alias, ancestors) => {
      const target = alias.resolve(document);
      if (target === undefined) report(alias, `The alias *${alias.source} has no anchor before it.`);
      else if (ancestors.includes(target)) report(alias, `The alias *${alias.source} contains itself.`);
    },
  });
  return faults;
}

function offsetOf(document: ParsedDocument, root: unknown, path: Path, at: 'key' | 'value'): number {
  let node: unknown = root;
  let offset = offsetOfNode(root) ?? 0;
  for (const [depth, key] of path.entries()) {
    if (yaml.isAlias(node)) node = node.resolve(document);
    const isLast = depth === path.length - 1;
    const child = childOf(node, key);
    if (child === undefined) return offset;
    node = child.value;
    offset = (isLast && at === 'key' ? undefined : offsetOfNode(child.value)) ?? child.keyOffset ?? offset;
  }
  return offset;
}

function childOf(node: unknown, key: PropertyKey): { value: unknown; keyOffset?: number } | undefined {
  if (yaml.isSeq(node)) return typeof key === 'number' && key in node.items ? { value: node.items[key] } : undefined;
  if (!yaml.isMap(node)) return undefined;
  const pair = node.items.find((item: yaml.Pair) => yaml.isScalar(item.key) && String(item.key.value) === String(key));
  if (pair === undefined) return undefined;
  const keyOffset = offsetOfNode(pair.key);
  return { value: pair.value, ...(keyOffset !== undefined && { keyOffset }) };
}

function offsetOfNode(node: unknown): number | undefined {
  return yaml.isNode(node) ? (node as yaml.Node).range?.[0] : undefined;
}

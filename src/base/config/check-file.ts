import { readConfigFile } from './config-file.ts';
import type { ReadFile } from './config.ts';
import { parseDocument } from './document.ts';
import { fileSchema } from './file-schema.ts';
import { parsePolicyText } from './load-policy.ts';
import type { Problem } from './problem.ts';
import { readText } from './read-text.ts';
import { resolve } from './resolve-config.ts';
import { warnings } from './warnings.ts';

/** Result of checking one file. */
export interface FileCheck {
  readonly kind: 'config' | 'policy' | undefined;
  readonly problems: readonly Problem[];
  /** Sentences about valid settings that an operator should review. */
  readonly warnings: readonly string[];
}

/** Checks a config file or a policy file by itself. Reads only those variables that the file refers to. */
export async function checkFile(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
  readFile: ReadFile,
): Promise<FileCheck> {
  const text = readText(path, readFile);
  if ('fault' in text) return { kind: undefined, problems: [{ source: path, message: text.fault }], warnings: [] };
  if (isPolicy(text.value)) {
    const policy = parsePolicyText(path, text.value);
    return { kind: 'policy', problems: policy.ok ? [] : policy.problems, warnings: [] };
  }
  const file = readConfigFile(path, text.value, env);
  const resolved = await resolve([file.given], file.problems, readFile);
  if (!resolved.ok) return { kind: 'config', problems: resolved.problems, warnings: [] };
  return { kind: 'config', problems: [], warnings: warnings(resolved.config) };
}

/** Returns true if the file is a policy. Policies and config files have different keys. */
function isPolicy(text: string): boolean {
  const parsed = parseDocument(text);
  if (!parsed.ok) return false;
  const { value } = parsed.document;
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(value);
  return ['import', 'export'].some((key) => keys.includes(key)) || !keys.some((key) => key in fileSchema.shape);
}

import type { ReadFile } from './config.ts';
import type { Parsed } from './parsed.ts';

/** Reads a file that the configuration names. */
export function readText(path: string, readFile: ReadFile): Parsed<string> {
  try {
    return { value: readFile(path) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { fault: `cannot be read: ${reason}; correct the path or make the file readable` };
  }
}

import { z } from 'zod';
import type { Parsed } from './parsed.ts';

/** Headers of the connection or the body, which only the HTTP client sets. */
const SET_BY_THE_CLIENT = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Schema of `headers`. The values are secrets, so messages never show them. */
export const headers: z.ZodType<Record<string, string>> = z
  .record(z.string(), z.unknown(), { error: 'must be an object of header names and values' })
  .transform((entries, context) => {
    const valid: [string, string][] = [];
    const seen = new Set<string>();
    for (const [name, content] of Object.entries(entries)) {
      const parsed = seen.has(name.toLowerCase())
        ? { fault: 'is a duplicate; header names ignore case' }
        : parse(name, content);
      if ('value' in parsed) valid.push([name, parsed.value]);
      else context.addIssue({ code: 'custom', path: [name], message: parsed.fault, input: name });
      seen.add(name.toLowerCase());
    }
    return Object.fromEntries(valid);
  });

function parse(name: string, content: unknown): Parsed<string> {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) return { fault: 'is not a valid HTTP header name' };
  if (SET_BY_THE_CLIENT.has(name.toLowerCase())) return { fault: 'is set by the HTTP client itself; remove it' };
  if (typeof content !== 'string' || content.trim() === '') return { fault: 'must be a non-empty text' };
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(content)) return { fault: 'must be one line of Latin-1 characters' };
  return { value: content };
}

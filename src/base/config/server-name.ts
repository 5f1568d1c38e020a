import type { Parsed } from './parsed.ts';

/** Parses the name of a server, which precedes the colon in `server0:weatherAgent`. */
export function parseServerName(text: string): Parsed<string> {
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(text)) {
    return { fault: 'must be 1 to 64 letters, digits, `.`, `_` or `-`' };
  }
  if (/^as\d+$/i.test(text)) return { fault: 'looks like an AS, as in `as65002:agent`; choose another name' };
  return { value: text };
}

import type { Parsed } from './parsed.ts';

/** Parses the base URL of a server into origin and path, without a slash at the end. */
export function parseBaseUrl(text: string): Parsed<string> {
  const fault = spellingFault(text);
  if (fault !== undefined) return { fault };
  if (!URL.canParse(text)) return { fault: 'is not a URL; write it like http://localhost:4111' };
  const url = new URL(text);
  if (url.port === '0') return { fault: 'has port 0, on which no server can listen; write the real port' };
  return { value: url.origin + url.pathname.replace(/\/+$/, '') };
}

/** Returns the fault of a spelling that the URL parser would silently repair or drop. */
function spellingFault(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text)) return 'must begin with http:// or https://, like http://localhost:4111';
  if (/[\s\\\p{Cc}]/u.test(text)) return 'must not contain spaces, backslashes or control characters';
  if (/^https?:\/\/(\/|$)/i.test(text)) return 'has no host; write it like http://localhost:4111';
  if (/^https?:\/\/[^/]*@/i.test(text)) {
    return 'must not contain a user or password; set `headers` in a config file (AGENT_PROXY_CONFIG)';
  }
  if (/[?#]/.test(text)) return 'must not contain `?` or `#`; a base URL has only an origin and a path';
  return undefined;
}

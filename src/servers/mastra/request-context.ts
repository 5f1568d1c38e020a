import { ESCAPED_LETTER, membersOf } from '../../data-plane/forwarding/members.ts';

/** Key in Mastra's request context that holds the headers for the calls of tools. */
const KEY = 'agent-bgp';

type Options = Readonly<Record<string, unknown>>;

/** Returns an agent's options with this context added to the caller's request context. */
export function inRequestContext(options: Options | undefined, context: object): Options {
  const given = options?.['requestContext'] ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) return { ...options };
  return { ...options, requestContext: { ...given, [KEY]: context } };
}

/**
 * Adds this context to the body of a relayed call. It edits the text without parsing it. A body that is not a JSON
 * object stays unchanged, and the server rejects it.
 */
export function inBody(body: string, context: object): string {
  // Servers ignore a leading byte order mark. So does this search, but `JSON.parse` does not.
  const start = body.search(/\S/);
  if (body[start] !== '{') return body;
  const own = `"${KEY}":${JSON.stringify(context)}`;
  if (body.includes('requestContext') || ESCAPED_LETTER.test(body)) {
    const members = membersOf(body, ['requestContext'], start);
    if (members === undefined) return body;
    const { requestContext: given } = members;
    if (given !== undefined) return spliced(body.slice(start), given.start - start, given.end - start, own);
  }
  const rest = body.slice(start + 1);
  const isEmpty = /^[ \n\r\t]*\}/.test(rest);
  return `{"requestContext":{${own}}${isEmpty ? '' : ','}${rest}`;
}

/**
 * Adds our member last, because the last of two members with one name counts. A caller's value under our key therefore
 * has no effect.
 */
function spliced(body: string, start: number, end: number, own: string): string {
  const value = body.slice(start, end);
  const before = body.slice(0, start);
  const after = body.slice(end);
  if (value === 'null') return `${before}{${own}}${after}`;
  if (!value.startsWith('{')) return body;
  const isEmpty = /^\{[ \n\r\t]*\}$/.test(value);
  return `${before}${value.slice(0, -1)}${isEmpty ? '' : ','}${own}}${after}`;
}

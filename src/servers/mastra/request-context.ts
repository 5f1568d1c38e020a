import { ESCAPED_LETTER, membersOf } from '../../data-plane/forwarding/members.ts';

/** Under this key of Mastra's request context tools find what their calls are to bring along. */
const KEY = 'agent-bgp';

type Options = Readonly<Record<string, unknown>>;

/** An agent's options with something in its request context, beside what the caller put there. */
export function inRequestContext(options: Options | undefined, context: object): Options {
  const given = options?.['requestContext'] ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) return { ...options };
  return { ...options, requestContext: { ...given, [KEY]: context } };
}

/**
 * The same for a body that is relayed: it is put together from text and never parsed. What is no JSON object stays as it
 * is, for the server to refuse.
 */
export function inBody(body: string, context: object): string {
  // Servers take a byte order mark in front for nothing, as this does and `JSON.parse` does not.
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

/** Of two members of one name the last one counts: what the caller says under our key counts for nothing. */
function spliced(body: string, start: number, end: number, own: string): string {
  const value = body.slice(start, end);
  const before = body.slice(0, start);
  const after = body.slice(end);
  if (value === 'null') return `${before}{${own}}${after}`;
  if (!value.startsWith('{')) return body;
  const isEmpty = /^\{[ \n\r\t]*\}$/.test(value);
  return `${before}${value.slice(0, -1)}${isEmpty ? '' : ','}${own}}${after}`;
}

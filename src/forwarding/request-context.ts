/** Under this key of Mastra's request context tools find what their calls are to bring along. */
const KEY = 'agent-bgp';

/** A key may be written with escapes of its letters, which hardly anybody else escapes. */
const ESCAPED_LETTER = /\\u00[4-7]/;

type Options = Readonly<Record<string, unknown>>;

/** An agent's options with something in its request context, beside what the caller put there. */
export function inRequestContext(options: Options | undefined, context: object): Options {
  const given = options?.['requestContext'] ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) return { ...options };
  return { ...options, requestContext: { ...given, [KEY]: context } };
}

/**
 * The same for a body that is relayed: it is only read where it may have a request context, and otherwise put together
 * from text. What is no JSON object stays as it is, for the server to refuse.
 */
export function inBody(body: string, context: object): string {
  const [, rest] = /^\s*\{\s*([^]*)$/.exec(body) ?? [];
  if (rest === undefined) return body;
  if (body.includes('requestContext') || ESCAPED_LETTER.test(body)) return inParsed(body, context);
  return `{"requestContext":${JSON.stringify({ [KEY]: context })}${rest.startsWith('}') ? '' : ','}${rest}`;
}

/** Servers take a byte order mark in front for nothing, as `trimStart` does and `JSON.parse` does not. */
function inParsed(body: string, context: object): string {
  try {
    return JSON.stringify(inRequestContext(JSON.parse(body.trimStart()) as Options, context));
  } catch {
    return body;
  }
}

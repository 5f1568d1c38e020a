/** Matches escaped letters. A key may be written with such escapes, though few writers use them. */
export const ESCAPED_LETTER = /\\u00[4-7]/;

/** A member of a JSON object: the start and the end of its value in the text. */
export interface Member {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds members of the JSON object at `from`, without parsing their values. `JSON.parse` of a large body from outside
 * stalls the program for seconds. If a name occurs more than once, the last member counts, as for `JSON.parse`. Returns
 * undefined if the text is not a JSON object. Text that is accepted may still be invalid JSON.
 */
export function membersOf<Name extends string>(
  text: string,
  names: readonly Name[],
  from = 0,
): Partial<Record<Name, Member>> | undefined {
  const found: Partial<Record<Name, Member>> = {};
  let at = afterSpace(text, from);
  if (text[at] !== '{') return undefined;
  at = afterSpace(text, at + 1);
  if (text[at] === '}') return found;
  for (;;) {
    const keyEnd = text[at] === '"' ? endOfString(text, at) : -1;
    const colon = keyEnd === -1 ? -1 : afterSpace(text, keyEnd);
    if (text[colon] !== ':') return undefined;
    const start = afterSpace(text, colon + 1);
    const end = endOfValue(text, start);
    if (end === -1) return undefined;
    const key = keyIn(text, at, keyEnd);
    const name = names.find((one) => one === key);
    if (name !== undefined) found[name] = { start, end };
    const next = afterSpace(text, end);
    if (text[next] === '}') return found;
    if (text[next] !== ',') return undefined;
    at = afterSpace(text, next + 1);
  }
}

/** Maximum length of a key as text. No wanted name is longer, even if every letter is escaped. */
const MAX_KEY_LENGTH = 200;

function keyIn(text: string, start: number, end: number): string | undefined {
  if (end - start > MAX_KEY_LENGTH) return undefined;
  try {
    return JSON.parse(text.slice(start, end)) as string;
  } catch {
    return undefined;
  }
}

function afterSpace(text: string, from: number): number {
  let at = from;
  for (let char = text[at]; char === ' ' || char === '\n' || char === '\r' || char === '\t'; char = text[at]) at += 1;
  return at;
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return end + 1;
  }
  return -1;
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first === '{' || first === '[') return endOfNested(text, start);
  let end = start;
  while (end < text.length && !' \n\r\t,}]'.includes(text.charAt(end))) end += 1;
  return end === start ? -1 : end;
}

const QUOTE = 0x22;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Returns the end of an object or array. It counts brackets without matching their kinds, which is the parser's task.
 */
function endOfNested(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (end === -1) return -1;
      at = end - 1;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) depth += 1;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

/** How JSON of others may be shaped: what goes beyond takes a parser seconds, and much memory, whatever it says. */
interface Shape {
  /** How deep arrays and objects may be nested. */
  readonly depth: number;
  /** How many commas, colons and opening brackets there may be, which is how many values and names there are. */
  readonly marks: number;
}

/**
 * A message of a router: twice as deep as attributes may be. So many values as to be malformed in themselves are still parsed,
 * because only the routes beside them are withdrawn (RFC 7606 §2).
 */
export const MESSAGE_SHAPE: Shape = { depth: 16, marks: 1_200_000 };

/** What agents and their callers say to each other. */
export const CALL_SHAPE: Shape = { depth: 128, marks: 500_000 };

/** What an agent has said: it has run, and however deep its answer is, what must not pass has to be found in it. */
export const PASSED_SHAPE: Shape = { depth: Infinity, marks: 1_000_000 };

/** What a server of our own says of its agents, which may be many. */
export const LISTING_SHAPE: Shape = { depth: 128, marks: 2_000_000 };

/** Text of so few bytes is parsed in no time, whatever its shape is. */
const SMALL = 16 * 1024;

/** A text that is no JSON, or JSON of a shape that is not parsed; the message follows the name of the text. */
export class UnreadableJson extends Error {}

/** What a text says as JSON, in UTF-8 where it comes as bytes; throws {@link UnreadableJson}. */
export function parseJson(text: string | Uint8Array, shape: Shape): unknown {
  checkShape(text, shape);
  try {
    return JSON.parse(typeof text === 'string' ? text : bufferOf(text).toString()) as unknown;
  } catch (cause) {
    throw new UnreadableJson('is not JSON', { cause });
  }
}

/** Throws {@link UnreadableJson} for a text that is not parsed, whatever it says. */
export function checkShape(text: string | Uint8Array, shape: Shape): void {
  if (text.length > SMALL) scan(typeof text === 'string' ? Buffer.from(text) : text, shape);
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Looks at each byte once: those of characters beyond ASCII are none of the marks. */
function scan(bytes: Uint8Array, { depth: maxDepth, marks: maxMarks }: Shape): void {
  let depth = 0;
  let marks = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfText(bytes, at);
    else if (byte === COMMA || byte === COLON) marks += 1;
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      marks += 1;
      depth += 1;
      if (depth > maxDepth) throw new UnreadableJson(`is JSON that is nested deeper than ${maxDepth} levels`);
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth -= 1;
    if (marks > maxMarks) throw new UnreadableJson(`is JSON of more than ${maxMarks} values and names`);
  }
}

/** Where the text ends that begins with the quotation mark at a place. */
function endOfText(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at += 1;
  }
  return bytes.length;
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

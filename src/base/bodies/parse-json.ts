/** Limits on the shape of untrusted JSON. JSON beyond them costs a parser seconds and much memory. */
interface Shape {
  /** Maximum nesting depth of arrays and objects. */
  readonly depth: number;
  /** Maximum number of commas, colons and opening brackets, which approximates the number of values and names. */
  readonly marks: number;
}

/**
 * Limits for a message of a router, at twice the depth of attributes. An UPDATE with malformed values must still be parsed,
 * because only its own routes are withdrawn (RFC 7606 §2).
 */
export const MESSAGE_SHAPE: Shape = { depth: 16, marks: 1_200_000 };

/** Limits for requests to agents and their answers. */
export const CALL_SHAPE: Shape = { depth: 128, marks: 500_000 };

/**
 * Limits for the answer of an agent. The depth is unlimited, because a relayed answer must be searched completely for
 * fields to remove.
 */
export const PASSED_SHAPE: Shape = { depth: Infinity, marks: 1_000_000 };

/** Limits for the agent list of a configured server. */
export const LISTING_SHAPE: Shape = { depth: 128, marks: 2_000_000 };

/** Size in bytes up to which a text is parsed without a check of its shape. */
const SMALL = 16 * 1024;

/**
 * A text is not JSON, or its shape exceeds the limits. The message completes a sentence that begins with the name of
 * the text.
 */
export class UnreadableJson extends Error {}

/** Parses a text, or bytes in UTF-8, as JSON. Throws {@link UnreadableJson}. */
export function parseJson(text: string | Uint8Array, shape: Shape): unknown {
  checkShape(text, shape);
  try {
    return JSON.parse(typeof text === 'string' ? text : bufferOf(text).toString()) as unknown;
  } catch (cause) {
    throw new UnreadableJson('is not JSON', { cause });
  }
}

/** Throws {@link UnreadableJson} if the shape of a text exceeds the limits. */
export function checkShape(text: string | Uint8Array, shape: Shape): void {
  if (text.length > SMALL) scan(typeof text === 'string' ? Buffer.from(text) : text, shape);
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Scans each byte once. Bytes of non-ASCII characters never equal a mark. */
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

/** Returns the end of the string whose opening quotation mark is at `start`. */
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

import { CALL_SHAPE, parseJson } from '../parse-json.ts';

const LINE_END = 0x0a;

/** How the errors of a stream show in its bytes: as a key of a sent event, or as a line of the older form. */
const SIGNS = ['"error"', '\n3:'];

/**
 * Takes out of a stream on its way to somebody else what an agent's server says of its insides when it fails: of an error,
 * stack trace and all, `words` are left. Everything else passes as it is, line by line, in its order.
 */
export class StreamCleaner {
  readonly #words: (error: unknown) => string;
  /** The line that has begun. */
  #begun: Uint8Array[] = [];

  constructor(words: (error: unknown) => string) {
    this.#words = words;
  }

  /** The lines that end in a part of the body, cleaned. */
  take(part: Uint8Array): Uint8Array {
    const end = part.lastIndexOf(LINE_END) + 1;
    if (end === 0) {
      this.#begun.push(part);
      return part.subarray(0, 0);
    }
    const whole =
      this.#begun.length === 0 ? part.subarray(0, end) : Buffer.concat([...this.#begun, part.subarray(0, end)]);
    this.#begun = end === part.length ? [] : [part.subarray(end)];
    return this.#cleaned(whole);
  }

  /** What is left when the body has ended without the end of a line. */
  end(): Uint8Array {
    return this.#cleaned(Buffer.concat(this.#begun));
  }

  #cleaned(lines: Uint8Array): Uint8Array {
    const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
    const isSuspect = SIGNS.some((sign) => bytes.includes(sign)) || bytes.subarray(0, 2).equals(Buffer.from('3:'));
    if (!isSuspect) return lines;
    const cleaned = bytes
      .toString()
      .split('\n')
      .map((line) => this.#cleanLine(line));
    return Buffer.from(cleaned.join('\n'));
  }

  #cleanLine(line: string): string {
    const [, mark, json = ''] = /^(data: ?|3:)(.*)$/.exec(line) ?? [];
    const value = parsed(json);
    if (mark === undefined || value === undefined) return line;
    if (mark === '3:') return mark + JSON.stringify(this.#words(value));
    return mark + JSON.stringify(this.#cleanEvent(value));
  }

  #cleanEvent(event: unknown): unknown {
    if (!isRecord(event)) return event;
    const { type, payload } = event;
    if (type === 'error') return { ...event, payload: { error: { message: this.#words(payload) } } };
    if (!isRecord(payload) || payload['error'] === undefined) return event;
    return { ...event, payload: { ...payload, error: { message: this.#words(payload['error']) } } };
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function parsed(json: string): unknown {
  try {
    return parseJson(json, CALL_SHAPE);
  } catch {
    return undefined;
  }
}

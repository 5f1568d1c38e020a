import { dataIn, EventLines } from './event-lines.ts';
import { parsed, type ReplyCleaner } from './reply-cleaner.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A line of the older form: a letter or digit, and JSON. */
const OLDER_LINE = /^([0-9a-k]):([^]*)$/;

const PLAIN_EVENTS = /^(?:data: [^\r\n]*\n\n)+$/;

/** A field of an event that cannot say much. */
const PLAIN_FIELD = /^(?:event|id|retry): ?[\w.:+/=-]{0,128}$/;

/** A place in a stack trace. */
const TRACE_LINE = /^\s+at\s/;

/** The code of a text, and of an error, in the older form. */
const OLDER_TEXT = '0';
const OLDER_ERROR = '3';

/**
 * Cleans a stream on its way to somebody else, event by event. What an agent's server says of its insides when it fails
 * does not pass, and secrets are masked, also those that fill several texts of the stream. Everything else passes as it is.
 */
export class StreamCleaner {
  readonly #cleaner: ReplyCleaner;
  readonly #lines = new EventLines((lines) => lines.every(isReadable));
  readonly #decoder = new TextDecoder();
  readonly #texts: ReturnType<ReplyCleaner['texts']>;
  /** Writes a text as an event of the kind that the last text of the stream was of. */
  #writeText: (text: string) => string = () => '';

  constructor(cleaner: ReplyCleaner) {
    this.#cleaner = cleaner;
    this.#texts = cleaner.texts();
  }

  /** What may pass on of the events that end in a part of the body. */
  take(part: Uint8Array): Uint8Array {
    const text = this.#decoder.decode(part, { stream: true });
    if (this.#isPlain(text)) return part;
    const clean = this.#cleanAll(this.#lines.take(text));
    // Only after the end of a line the decoder holds no part of a character.
    return clean === text && text.endsWith('\n') ? part : Buffer.from(clean);
  }

  /** What is left when the body has ended. */
  end(): Uint8Array {
    const rest = this.#cleanAll(this.#lines.take(this.#decoder.decode())) + this.#cleanAll(this.#lines.end());
    return Buffer.from(rest + this.#heldText());
  }

  /** True for whole events of one line each with nothing in them to clean: most of what comes. */
  #isPlain(text: string): boolean {
    return (
      !this.#cleaner.hasSecrets && this.#lines.isAtRest && PLAIN_EVENTS.test(text) && !this.#cleaner.concerns(text)
    );
  }

  #cleanAll(groups: Iterable<readonly string[]>): string {
    let clean = '';
    for (const lines of groups) clean += this.#clean(lines);
    return clean;
  }

  /** Several lines of data are one value, but several for readers that take each line by itself. */
  #clean(lines: readonly string[]): string {
    const data = lines.flatMap((line) => dataIn(line) ?? []);
    const joined = data.join('\n');
    if (data.length < 2 || parsed(joined) === undefined) return lines.map((line) => this.#cleanLine(line)).join('');
    const [before, clean] = this.#cleanData(joined);
    if (clean === joined) return before + lines.join('');
    const others = lines.filter((line) => dataIn(line) === undefined);
    return `${before}${others.join('')}data: ${clean}\n`;
  }

  #cleanLine(line: string): string {
    const data = dataIn(line);
    if (data === undefined) return this.#cleanOther(line);
    const [before, clean] = this.#cleanData(data);
    return before + (clean === data ? line : `data: ${clean}${endOf(line)}`);
  }

  /** The data of an event, cleaned, behind what has to be said before it. */
  #cleanData(data: string): readonly [before: string, clean: string] {
    if (!this.#cleaner.hasSecrets) return ['', this.#cleaner.text(data)];
    const event = fieldsIn(parsed(data));
    const payload = fieldsIn(event['payload']);
    const { text } = payload;
    if (event['type'] !== 'text-delta' || typeof text !== 'string') {
      // Between pieces of a text there may be pieces of something else.
      const isPiece = typeof event['type'] === 'string' && event['type'].endsWith('-delta');
      return [isPiece ? '' : this.#heldText(), this.#cleaner.text(data)];
    }
    const withText = (said: string): string => JSON.stringify({ ...event, payload: { ...payload, text: said } });
    this.#writeText = (said) => `data: ${this.#cleaner.text(withText(said))}\n\n`;
    const shown = this.#texts.push(text);
    return ['', this.#cleaner.text(shown === text ? data : withText(shown))];
  }

  #cleanOther(line: string): string {
    const end = endOf(line);
    const said = line.slice(0, line.length - end.length);
    const [, code, json = ''] = OLDER_LINE.exec(said) ?? [];
    if (code !== undefined) return this.#cleanOlder(code, json) + end;
    if (TRACE_LINE.test(said)) return '';
    if (said === '' || PLAIN_FIELD.test(said)) return this.#cleaner.masked(line);
    if (!said.startsWith(':')) return this.#cleaner.words(said) + end;
    return this.#cleaner.concerns(said) ? `:${end}` : line;
  }

  #cleanOlder(code: string, json: string): string {
    const value = parsed(json);
    if (code === OLDER_ERROR) return `${code}:${JSON.stringify(this.#cleaner.words(value ?? json))}`;
    if (code !== OLDER_TEXT || typeof value !== 'string' || !this.#cleaner.hasSecrets) {
      return `${this.#heldText()}${code}:${this.#cleaner.text(json)}`;
    }
    this.#writeText = (said) => `${OLDER_TEXT}:${JSON.stringify(said)}\n`;
    const shown = this.#texts.push(value);
    return `${code}:${shown === value ? json : JSON.stringify(shown)}`;
  }

  #heldText(): string {
    const held = this.#texts.end();
    return held === '' ? '' : this.#writeText(held);
  }
}

function isReadable(line: string): boolean {
  const data = dataIn(line);
  return data === undefined || parsed(data) !== undefined;
}

function fieldsIn(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function endOf(line: string): string {
  return /[\r\n]*$/.exec(line)?.[0] ?? '';
}

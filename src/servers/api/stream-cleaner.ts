import { dataIn, EventLines } from './event-lines.ts';
import { parsed, type ReplyCleaner } from './reply-cleaner.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A line of the older form: a digit or letter, a colon, and JSON. */
const OLDER_LINE = /^([0-9a-k]):([^]*)$/;

const PLAIN_EVENTS = /^(?:data: [^\r\n]*\n\n)+$/;

/** A field of an event with a harmless value. */
const PLAIN_FIELD = /^(?:event|id|retry): ?[\w.:+/=-]{0,128}$/;

/** A place in a stack trace. */
const TRACE_LINE = /^\s+at\s/;

/** Codes of a text and of an error in the older form. */
const OLDER_TEXT = '0';
const OLDER_ERROR = '3';

/**
 * Cleans a stream before it is forwarded, event by event. Internal details in a server's errors are removed. Secrets
 * are masked, also if they span several texts. All other events pass unchanged.
 */
export class StreamCleaner {
  readonly #cleaner: ReplyCleaner;
  readonly #lines = new EventLines((lines) => lines.every(isReadable));
  readonly #decoder = new TextDecoder();
  readonly #texts: ReturnType<ReplyCleaner['texts']>;
  /** Writes a text as an event of the same kind as the last text of the stream. */
  #writeText: (text: string) => string = () => '';

  constructor(cleaner: ReplyCleaner) {
    this.#cleaner = cleaner;
    this.#texts = cleaner.texts();
  }

  /** Returns the cleaned events that end in a part of the body. */
  take(part: Uint8Array): Uint8Array {
    const text = this.#decoder.decode(part, { stream: true });
    if (this.#isPlain(text)) return part;
    const clean = this.#cleanAll(this.#lines.take(text));
    // Only after a line end does the decoder hold no partial character.
    return clean === text && text.endsWith('\n') ? part : Buffer.from(clean);
  }

  /** Returns the remaining bytes when the body has ended. */
  end(): Uint8Array {
    const rest = this.#cleanAll(this.#lines.take(this.#decoder.decode())) + this.#cleanAll(this.#lines.end());
    return Buffer.from(rest + this.#heldText());
  }

  /** Returns true if a text consists of whole one-line events without anything to clean. Most parts do. */
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

  /** Cleans a group of lines. Several data lines form one value, but some readers take each line by itself. */
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

  /** Cleans the data of an event. Returns held text that must precede it, and the cleaned data. */
  #cleanData(data: string): readonly [before: string, clean: string] {
    if (!this.#cleaner.hasSecrets) return ['', this.#cleaner.text(data)];
    const event = fieldsIn(parsed(data));
    const payload = fieldsIn(event['payload']);
    const { text } = payload;
    if (event['type'] !== 'text-delta' || typeof text !== 'string') {
      // Deltas of other kinds may come between the deltas of a text.
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

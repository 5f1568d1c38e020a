const MASK = '***';

/** Secrets that are shorter would mask ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** How much of a secret must have come before a stream waits for the rest of it. */
const MIN_HELD_LENGTH = 4;

/** Escapes that may stand for any character of a JSON text. */
const ESCAPES = ['\\u', '\\/'];

/** Masks configured secrets, also their parts: a token may turn up without the word before it, as in `Bearer <token>`. */
export class SecretMask {
  /** The longest first: of one that begins another the rest would stay. */
  readonly #parts: readonly string[];
  /** The same, and what they are in JSON. */
  readonly #forms: readonly string[];

  constructor(secrets: readonly string[]) {
    const parts = secrets
      .flatMap((secret) => [secret, ...secret.split(/\s+/)])
      .filter((part) => part.length >= MIN_SECRET_LENGTH);
    this.#parts = [...new Set(parts)].sort((a, b) => b.length - a.length);
    this.#forms = [...new Set(this.#parts.flatMap((part) => [part, JSON.stringify(part).slice(1, -1)]))];
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  readonly text = (text: string): string => this.#parts.reduce((rest, part) => rest.replaceAll(part, MASK), text);

  /** True if a secret may stand in a text, as it is or in JSON, however it is escaped there. */
  mayBeIn(json: string): boolean {
    if (this.isEmpty) return false;
    return this.#forms.some((form) => json.includes(form)) || ESCAPES.some((escape) => json.includes(escape));
  }

  /** Masks a text that comes in pieces. */
  stream(): MaskedStream {
    return new MaskedStream(this.#parts);
  }
}

/**
 * A text that comes in pieces, of which a secret may fill several. What could be the beginning of a secret waits for the
 * next piece, as does half a character.
 */
export class MaskedStream {
  readonly #parts: readonly string[];
  /** The last characters that were passed on: too few to wait for, and yet a secret may begin there. */
  #passed = '';
  #held = '';

  constructor(parts: readonly string[]) {
    this.#parts = parts;
  }

  /** What may be passed on now. */
  push(text: string): string {
    return this.#pass(text, false);
  }

  /** What was held, when the next piece does not follow it. */
  end(): string {
    return this.#pass('', true);
  }

  #pass(text: string, isEnd: boolean): string {
    const all = this.#passed + this.#held + text;
    let at = this.#passed.length;
    let until = Math.max(at, isEnd ? all.length : this.#holdFrom(all));
    let masked = '';
    let found = this.#next(all, 0);
    for (; found !== undefined && found.end <= until; found = this.#next(all, at)) {
      masked += all.slice(at, Math.max(at, found.start)) + MASK;
      at = found.end;
    }
    if (found !== undefined) until = Math.max(at, Math.min(until, found.start));
    this.#held = all.slice(until);
    const unmaskedFrom = masked === '' ? 0 : at;
    this.#passed = isEnd ? '' : all.slice(Math.max(unmaskedFrom, until - MIN_HELD_LENGTH + 1), until);
    return masked + all.slice(at, until);
  }

  #next(text: string, from: number): { readonly start: number; readonly end: number } | undefined {
    let first: { start: number; end: number } | undefined;
    for (const part of this.#parts) {
      const start = text.indexOf(part, from);
      if (start !== -1 && (first === undefined || start < first.start)) first = { start, end: start + part.length };
    }
    return first;
  }

  /** Where the longest end of a text begins that a secret may begin with. */
  #holdFrom(text: string): number {
    let from = /[\ud800-\udbff]$/.test(text) ? text.length - 1 : text.length;
    for (const part of this.#parts) {
      const begins = part.slice(0, MIN_HELD_LENGTH);
      let at = text.indexOf(begins, Math.max(0, text.length - part.length + 1));
      while (at !== -1 && at < from && !part.startsWith(text.slice(at))) at = text.indexOf(begins, at + 1);
      if (at !== -1) from = Math.min(from, at);
    }
    return from;
  }
}

const MASK = '***';

/** Minimum length of a masked secret. Shorter ones would mask ordinary words. */
const MIN_SECRET_LENGTH = 8;

/** Number of characters of a secret after which a stream waits for its rest. */
const MIN_HELD_LENGTH = 4;

/** JSON escapes that can hide a character of a secret. */
const ESCAPES = ['\\u', '\\/'];

/** Masks configured secrets and their parts, because the token of `Bearer <token>` may appear without its scheme. */
export class SecretMask {
  /** Longest first, because masking a prefix of another secret first would leave its rest visible. */
  readonly #parts: readonly string[];
  /** The parts and their JSON forms. */
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

  /** Returns true if a JSON text may contain a secret, plain or escaped. */
  mayBeIn(json: string): boolean {
    if (this.isEmpty) return false;
    return this.#forms.some((form) => json.includes(form)) || ESCAPES.some((escape) => json.includes(escape));
  }

  /** Returns a mask for a text that arrives in chunks. */
  stream(): MaskedStream {
    return new MaskedStream(this.#parts);
  }
}

/**
 * Masks a text that arrives in chunks, even if a secret spans several. Holds back a possible beginning of a secret, or half
 * a surrogate pair, until the next chunk.
 */
export class MaskedStream {
  readonly #parts: readonly string[];
  /** Last released characters. They were too few to hold back, but a secret may begin in them. */
  #passed = '';
  #held = '';

  constructor(parts: readonly string[]) {
    this.#parts = parts;
  }

  /** Adds a chunk and returns the text that can be released. */
  push(text: string): string {
    return this.#pass(text, false);
  }

  /** Ends the text and returns the held characters. */
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

  /** Returns the start of the longest suffix of a text that may begin a secret. */
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

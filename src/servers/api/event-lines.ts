/** Keeps servers from filling the memory with a line or an event that never ends. */
const MAX_HELD_LENGTH = 16 * 1024 * 1024;

/** Events that are longer are only tried when they end: trying again with every part would cost the square of their length. */
const MAX_TRIED_LENGTH = 64 * 1024;

/** A server has sent a line or an event of a stream that is longer than any router carries. */
export class EventTooLong extends Error {
  constructor() {
    super(`An event of the stream is longer than ${MAX_HELD_LENGTH / 1024 / 1024} Mi characters.`);
  }
}

/**
 * Cuts a stream of server-sent events into what belongs together: the lines of an event that has data, or one line of
 * any other kind. Lines may end as the format allows, CR, LF or both, and keep their ends. An event is given on when it
 * ends, or as soon as all data so far is one that `isWhole`.
 */
export class EventLines {
  readonly #isWhole: (data: readonly string[]) => boolean;
  /** The line that has begun. */
  #begun = '';
  /** The event that has begun with data. */
  #event: string[] = [];
  #held = 0;

  constructor(isWhole: (data: readonly string[]) => boolean) {
    this.#isWhole = isWhole;
  }

  /** True if no line and no event has begun. */
  get isAtRest(): boolean {
    return this.#begun === '' && this.#event.length === 0;
  }

  /** What has come to its end in a part of the stream. */
  *take(text: string): Generator<readonly string[]> {
    const endsLine = /[\r\n]/.test(text) || this.#begun.endsWith('\r');
    this.#begun += text;
    this.#held += text.length;
    if (endsLine) yield* this.#lines();
    if (this.#held > MAX_HELD_LENGTH) throw new EventTooLong();
  }

  /** What is left when the stream has ended. */
  *end(): Generator<readonly string[]> {
    if (this.#begun !== '') yield* this.#add(this.#begun);
    this.#begun = '';
    if (this.#event.length > 0) yield this.#event;
  }

  *#lines(): Generator<readonly string[]> {
    // A CR at the end may be half of a line end.
    const lines = this.#begun.split(/(?<=\n|\r(?!\n))/);
    this.#begun = lines.at(-1)?.endsWith('\n') === true ? '' : (lines.pop() ?? '');
    for (const line of lines) yield* this.#add(line);
    this.#held = this.#begun.length + this.#event.reduce((sum, { length }) => sum + length, 0);
    if (this.#event.length === 0 || this.#held > MAX_TRIED_LENGTH || !this.#isWhole(this.#event)) return;
    yield this.#event;
    this.#event = [];
  }

  *#add(line: string): Generator<readonly string[]> {
    if (/^[\r\n]/.test(line)) {
      if (this.#event.length > 0) yield this.#event;
      this.#event = [];
      yield [line];
    } else if (this.#event.length > 0 || dataIn(line) !== undefined) this.#event.push(line);
    else yield [line];
  }
}

/** The data in a line of an event, without the end of the line; undefined where it has none. */
export function dataIn(line: string): string | undefined {
  // Not `.`, which leaves out what JSON may hold.
  return /^data(?:: ?([^\r\n]*))?[\r\n]*$/
    .exec(line)
    ?.slice(1, 2)
    .map((data: string | undefined) => data ?? '')[0];
}

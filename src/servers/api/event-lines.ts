/** Maximum length of a pending line or event. Without it, a server could fill the memory. */
const MAX_HELD_LENGTH = 16 * 1024 * 1024;

/**
 * Maximum length of an event that is tested before it ends. Longer events are tested only at their end, because
 * repeated tests would take quadratic time.
 */
const MAX_TRIED_LENGTH = 64 * 1024;

/** A line or an event of a stream exceeds the length that any router carries. */
export class EventTooLong extends Error {
  constructor() {
    super(`An event of the stream is longer than ${MAX_HELD_LENGTH / 1024 / 1024} Mi characters.`);
  }
}

/**
 * Splits a stream of server-sent events into groups: the lines of an event that has data, or one line of any other
 * kind. Lines may end with CR, LF or both, and keep their ends. An event is returned when it ends, or as soon as
 * `isWhole` accepts its data so far.
 */
export class EventLines {
  readonly #isWhole: (data: readonly string[]) => boolean;
  /** The pending line. */
  #begun = '';
  /** The lines of the pending event. */
  #event: string[] = [];
  #held = 0;

  constructor(isWhole: (data: readonly string[]) => boolean) {
    this.#isWhole = isWhole;
  }

  /** True if no line and no event is pending. */
  get isAtRest(): boolean {
    return this.#begun === '' && this.#event.length === 0;
  }

  /** Yields the groups that end in a part of the stream. */
  *take(text: string): Generator<readonly string[]> {
    const endsLine = /[\r\n]/.test(text) || this.#begun.endsWith('\r');
    this.#begun += text;
    this.#held += text.length;
    if (endsLine) yield* this.#lines();
    if (this.#held > MAX_HELD_LENGTH) throw new EventTooLong();
  }

  /** Yields the remaining groups when the stream has ended. */
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

/** Returns the data in a line of an event, without the end of the line; undefined if it has none. */
export function dataIn(line: string): string | undefined {
  // Not `.`, which excludes characters that JSON may contain.
  return /^data(?:: ?([^\r\n]*))?[\r\n]*$/
    .exec(line)
    ?.slice(1, 2)
    .map((data: string | undefined) => data ?? '')[0];
}

/** Words of printable ASCII, one space apart: most texts. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;

/** The same of every character that can be told alone from whether it may be shown. */
const SIMPLE =
  /^(?:[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]+(?: [^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]+)*)?$/u;

/** The treatment of a character, and what may be bound to it. */
const KIND = {
  /** Shown as one space: spaces of any kind, ends of lines, control characters, and two characters that are drawn as nothing. */
  blank: 1,
  /** Never shown: format and direction characters, tags, fillers, variation selectors, and what is no character. */
  hidden: 2,
  /** Hidden, but words and emoji are spelled with it: a joiner, or the selector of the emoji form. */
  binding: 3,
  mark: 4,
  letter: 5,
  emoji: 6,
  skin: 7,
  other: 8,
} as const;

type Kind = (typeof KIND)[keyof typeof KIND];

const PATTERNS: readonly (readonly [Kind, RegExp])[] = [
  [KIND.binding, /\u200c|\u200d|\ufe0f/],
  [KIND.blank, /[\p{Cc}\p{Z}\u2800\u{1d159}]/u],
  [KIND.hidden, /[\p{C}\p{Default_Ignorable_Code_Point}]/u],
  [KIND.mark, /\p{M}/u],
  [KIND.letter, /\p{L}/u],
  [KIND.emoji, /\p{Extended_Pictographic}/u],
  [KIND.skin, /\p{Emoji_Modifier}/u],
];

/** The kinds that were looked up, by code point; of the others 0. A stranger chooses how often they are asked for. */
const kinds = new Uint8Array(0x11_0000);

const EMOJI_FORM = 0xfe0f;
const KEYCAP = 0x20e3;
const KEY = /[\d#*]/;

/** The most marks on one character: more than any script needs, too few to paint over other lines. */
const MAX_MARKS = 6;

/** The part of a truncated text that is read, as a multiple of the length that is kept. */
const MAX_READ = 8;

const CUT = '…';

/**
 * Makes the text of a stranger safe to show, anywhere: one line without control, format, direction and other invisible
 * characters, at most `maxLength` UTF-16 units long, never half a character. Joiners stay inside words and emoji. What is
 * cut ends in `…`. A text that is clean comes back as it is.
 */
export function cleanText(text: string, maxLength: number): string {
  if (isSimple(text, maxLength)) return text;
  const end = Math.min(text.length, MAX_READ * maxLength);
  const line = new CleanLine(maxLength);
  for (let at = 0; at < end;) {
    const code = text.codePointAt(at) ?? 0;
    line.add(code);
    if (line.isTooLong) return line.cut();
    at += code > 0xffff ? 2 : 1;
  }
  return end < text.length ? line.cut() : line.text;
}

/** True if {@link cleanText} has nothing to change about a text. */
export function isClean(text: string, maxLength: number): boolean {
  return text.length <= maxLength && cleanText(text, maxLength) === text;
}

function isSimple(text: string, maxLength: number): boolean {
  return text.length <= maxLength && (PLAIN.test(text) || SIMPLE.test(text));
}

function kindOf(code: number): Kind {
  const known = kinds[code] ?? 0;
  if (known !== 0) return known as Kind;
  const char = String.fromCodePoint(code);
  const kind = PATTERNS.find(([, pattern]) => pattern.test(char))?.[0] ?? KIND.other;
  kinds[code] = kind;
  return kind;
}

/** A text that is being cleaned, character by character. */
class CleanLine {
  text = '';
  readonly #maxLength: number;
  /** The place at which the text may be cut so that the mark of truncation fits. */
  #cutAt = 0;
  /** The last character of the text. */
  #last = 0;
  /** True if a space comes before the next character. */
  #isGap = false;
  /** The character that binds the last one to the next one, if the next one can be bound. */
  #binding = 0;
  #marks = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  get isTooLong(): boolean {
    return this.text.length > this.#maxLength;
  }

  /** Returns the text up to its last whole character that leaves room for `…`. */
  cut(): string {
    return this.text.slice(0, this.#cutAt) + CUT;
  }

  add(code: number): void {
    const kind = kindOf(code);
    switch (kind) {
      case KIND.blank:
        this.#isGap = this.text !== '';
        return;
      case KIND.hidden:
        return;
      case KIND.binding:
        return this.#bind(code);
      case KIND.mark:
        return this.#mark(code);
      default:
        this.#begin(code, kind);
    }
  }

  #bind(code: number): void {
    if (this.#isGap || this.#binding !== 0) return;
    if (code === EMOJI_FORM && kindOf(this.#last) === KIND.emoji) this.#append('', code);
    else this.#binding = code;
  }

  #mark(code: number): void {
    const hasBase = this.text !== '' && !this.#isGap;
    if (!hasBase || this.#marks >= MAX_MARKS) return;
    this.#marks += 1;
    this.#append(this.#bound(code), code);
  }

  #begin(code: number, kind: Kind): void {
    const bound = this.#isGap ? '' : this.#bound(code);
    const continues = !this.#isGap && (kind === KIND.skin || (kind === KIND.emoji && bound !== ''));
    if (!continues && this.text.length < this.#maxLength) this.#cutAt = this.text.length;
    this.#marks = 0;
    this.#append(this.#isGap ? ' ' : bound, code);
    this.#isGap = false;
  }

  /** Returns the text between the last character and the next one. */
  #bound(next: number): string {
    const [last, binding] = [this.#last, this.#binding];
    if (binding === 0) return '';
    const binds =
      binding === EMOJI_FORM
        ? next === KEYCAP && KEY.test(String.fromCodePoint(last))
        : (last === EMOJI_FORM || isJoinable(last)) && isJoinable(next);
    return binds ? String.fromCodePoint(binding) : '';
  }

  #append(between: string, code: number): void {
    this.text += between + String.fromCodePoint(code);
    this.#last = code;
    this.#binding = 0;
  }
}

/** True for what joiners stand between: letters, their marks, and emoji. */
function isJoinable(code: number): boolean {
  const kind = kindOf(code);
  return kind === KIND.letter || kind === KIND.mark || kind === KIND.emoji || kind === KIND.skin;
}

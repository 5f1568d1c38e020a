/** Characters that occupy two terminal columns: East Asian scripts, full-width forms and emoji. */
const WIDE =
  /(?![\uff61-\uffdc])[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Yi}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;

/** Characters that occupy no column: marks, joiners and selectors. */
const NARROW = /[\p{M}\p{Cf}]/u;

const SKIN = /\p{Emoji_Modifier}/u;
const FLAG = /\p{Regional_Indicator}/u;
const EMOJI_FORM = '\ufe0f';
const JOINER = '\u200d';

/** Estimates the number of terminal columns of a text. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  let last = '';
  for (const char of text) {
    width += widthAfter(last, char);
    last = char;
  }
  return width;
}

function widthAfter(last: string, char: string): number {
  if (char === EMOJI_FORM) return last !== '' && !WIDE.test(last) ? 1 : 0;
  if (last === JOINER || NARROW.test(char) || (SKIN.test(char) && last !== '')) return 0;
  if (FLAG.test(char)) return 1;
  return WIDE.test(char) ? 2 : 1;
}

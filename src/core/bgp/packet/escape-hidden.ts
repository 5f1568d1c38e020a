/** Printable ASCII and ends of lines. */
const PLAIN = /^[\n -~]*$/;

/**
 * The characters that do not show in a text, or change how the rest of it shows: invisible characters, joiners outside words, the
 * selector of the emoji form without an emoji, and marks beyond those that any script puts on one character.
 */
const HIDDEN = new RegExp(
  [
    /(?!\n|\u200c|\u200d|\ufe0f)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u,
    /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]|\ufe0f)(?:\u200c|\u200d)/u,
    /(?:\u200c|\u200d)(?![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])/u,
    /(?<!\p{Extended_Pictographic})\ufe0f/u,
    /(?<=\p{M}{6})\p{M}/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);

/**
 * Writes every character that would not show as `\uXXXX`, so that a terminal can be given the text. JSON stays the same
 * JSON. Ends of lines stay.
 */
export function escapeHidden(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HIDDEN, escaped);
}

function escaped(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

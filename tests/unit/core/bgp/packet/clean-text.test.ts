import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, isClean } from '../../../../../src/core/bgp/packet/clean-text.ts';

/** Characters that texts are attacked with, joined, marked and cut by. */
const character = fc.oneof(
  fc.constantFrom(
    'a',
    'é',
    '1',
    '#',
    ' ',
    '\t',
    '\n',
    '\u001b',
    '\u009b',
    '\u00a0',
    '\u00ad',
    '\u200b',
    '\u200c',
    '\u200d',
  ),
  fc.constantFrom('\u202e', '\u2028', '\u2066', '\u3164', '\ufe0f', '\ufeff', '\u0301', '\u20e3'),
  fc.constantFrom(
    '👩',
    '🏽',
    '❤',
    '🇩',
    '\ud83d',
    '\udc69',
    '\u{e0069}',
    '\u{e0100}',
    'می',
    'क',
    '्',
    '\ue000',
    '\uffff',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 2 }),
);
const hostile = fc.array(character, { maxLength: 60 }).map((parts) => parts.join(''));
const length = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(1_000));

describe("a stranger's text", () => {
  it.each([
    ['stays as it is', 'Knows the weather.', 'Knows the weather.'],
    ['keeps its own script', 'Wetter für Köln, 天気, ไทย, हिन्दी', 'Wetter für Köln, 天気, ไทย, हिन्दी'],
    ['keeps the joiners of its words', 'نمی\u200cدانم, ක්\u200dය', 'نمی\u200cدانم, ක්\u200dය'],
    [
      'keeps what joins emoji',
      '👩\u200d💻 👨🏽\u200d👩🏽\u200d👧 🏳\ufe0f\u200d🌈',
      '👩\u200d💻 👨🏽\u200d👩🏽\u200d👧 🏳\ufe0f\u200d🌈',
    ],
    ['keeps the emoji form of a character', '❤\ufe0f 1\ufe0f\u20e3', '❤\ufe0f 1\ufe0f\u20e3'],
    ['keeps no other variation selector', 'a\ufe0fb\ufe00 1\ufe0f2', 'ab 12'],
    ['loses joiners at its edges', '\u200dنمی\u200c \u200cدانم\u200d', 'نمی دانم'],
    ['keeps one joiner of a row', 'نمی\u200c\u200d\u200cدانم', 'نمی\u200cدانم'],
    ['loses joiners beside signs', 'a\u200d-\u200cb', 'a-b'],
    ['becomes one line', 'a\r\n\tb\u2028c\u2029d\u0085e', 'a b c d e'],
    ['has single spaces of one kind', ' a\u00a0\u3000 b\u2800\u1680c ', 'a b c'],
    ['loses terminal escapes', '\u001b[31mred\u009b0m', '[31mred 0m'],
    ['loses direction marks', 'abc\u202edcba\u2066x\u2069\u061c', 'abcdcbax'],
    ['loses tags that only a model reads', 'hi\u{e0069}\u{e0067}', 'hi'],
    ['loses selectors that hide text', 'hi\u{e0100}\u{e01ef}\ufe01', 'hi'],
    ['loses what is drawn as nothing', 'a\u200b\ufeff\u00ad\u2060\u034fb\u115f\u1160\u3164\uffa0\u17b4\u180bc', 'abc'],
    ['loses annotations', 'a\ufff9b\ufffac\ufffb', 'abc'],
    ['loses halves of characters', 'a\ud83db', 'ab'],
    ['loses what is no character, or not everywhere the same', 'a\ue000\uffff\u{10fffe}\u0378b', 'ab'],
    ['loses marks without a base', '\u0301a \u0301b', 'a b'],
    ['has few marks on one character', `Z${'\u0336'.repeat(100)}a`, `Z${'\u0336'.repeat(6)}a`],
  ])('%s', (_, text, clean) => {
    expect(cleanText(text, 100)).toBe(clean);
  });

  it.each([
    ['abcdef', 3, 'ab…'],
    ['ab👩', 3, 'ab…'],
    ['ab👩c', 4, 'ab…'],
    ['ab 👩\u200d👩\u200d👧', 8, 'ab…'],
    ['abcde\u0301f', 6, 'abcd…'],
    ['abc def', 4, 'abc…'],
    [`${'\u200b'.repeat(10_000)}a`, 10, '…'],
  ])('%j is cut to %i characters, and not through one', (text, maxLength, cut) => {
    expect(cleanText(text, maxLength)).toBe(cut);
  });

  it('is clean once it was cleaned, and no longer than it may be', () => {
    fc.assert(
      fc.property(hostile, length, (text, maxLength) => {
        const clean = cleanText(text, maxLength);
        expect(clean.length).toBeLessThanOrEqual(maxLength);
        expect(cleanText(clean, maxLength)).toBe(clean);
        expect(isClean(clean, maxLength)).toBe(true);
        expect(isClean(text, maxLength)).toBe(clean === text);
      }),
      { numRuns: 5_000 },
    );
  });

  it('has nothing in it that cannot be seen, but for what binds words and emoji', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const clean = cleanText(text, 1_000);
        const isBound = /[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]|\ufe0f/u;
        for (const [at, char] of Array.from(clean).entries()) {
          const [before = '', after = ''] = [Array.from(clean)[at - 1], Array.from(clean)[at + 1]];
          if (['\u200c', '\u200d'].includes(char))
            expect([before, after].map((c) => isBound.test(c))).toEqual([true, true]);
          else if (char === '\ufe0f') expect(before).toMatch(/[\p{Extended_Pictographic}\d#*]/u);
          else expect(char).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        }
        expect(clean).not.toMatch(/^[\s\p{M}]|\s$|\s{2}|\p{M}{7}/u);
      }),
      { numRuns: 5_000 },
    );
  });

  it('keeps everything that can be seen, in its order', () => {
    const seen = (text: string) =>
      text.replace(/[\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/gu, '');
    fc.assert(
      fc.property(hostile, (text) => {
        expect(seen(cleanText(text, 1_000))).toBe(seen(text));
      }),
      { numRuns: 2_000 },
    );
  });
});

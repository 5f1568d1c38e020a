import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText } from '../../../../../src/core/bgp/packet/clean-text.ts';
import { escapeHidden } from '../../../../../src/core/bgp/packet/escape-hidden.ts';

describe('a text for a terminal', () => {
  it.each([
    ['plain words\nof two lines', 'plain words\nof two lines'],
    ['Köln, 天気, می\u200cدانم, 👩\u200d💻, ❤\ufe0f', 'Köln, 天気, می\u200cدانم, 👩\u200d💻, ❤\ufe0f'],
    ['\u001b[31m\u009b1m\u0007\r\t', '\\u001b[31m\\u009b1m\\u0007\\u000d\\u0009'],
    ['a\u202eb\u2066c\u200e', 'a\\u202eb\\u2066c\\u200e'],
    ['\u200b\u00ad\ufeff\u3164\u2028', '\\u200b\\u00ad\\ufeff\\u3164\\u2028'],
    ['\u{e0041}\u{e0100}', '\\udb40\\udc41\\udb40\\udd00'],
    ['a\u200d \u200cb', 'a\\u200d \\u200cb'],
    ['a\ufe0f', 'a\\ufe0f'],
    ['\ud83d', '\\ud83d'],
    [`a${'\u0336'.repeat(7)}`, `a${'\u0336'.repeat(6)}\\u0336`],
  ])('%j is %j', (text, escaped) => {
    expect(escapeHidden(text)).toBe(escaped);
  });

  it('is the same JSON as before, and clean', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeHidden(JSON.stringify(text));
        expect(JSON.parse(escaped)).toBe(text);
        expect(escaped).not.toMatch(/(?!\u200c|\u200d|\ufe0f)[\p{C}\p{Default_Ignorable_Code_Point}]/u);
      }),
      { numRuns: 500 },
    );
  });

  it('has nothing to escape in a text that was cleaned', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = cleanText(text, 1_000);
        expect(escapeHidden(clean)).toBe(clean);
      }),
      { numRuns: 500 },
    );
  });
});

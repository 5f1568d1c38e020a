import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../../../src/interfaces/cli/display-width.ts';
import { table } from '../../../../src/interfaces/cli/table.ts';

describe('the display width of a text', () => {
  it.each([
    ['weather', 7],
    ['Köln', 4],
    ['Ko\u0308ln', 4],
    ['天気', 4],
    ['한국', 4],
    ['ｶﾅ', 2],
    ['カナ', 4],
    ['（）', 4],
    ['می\u200cدانم', 6],
    ['हिन्दी', 3],
    ['👩', 2],
    ['👩🏽', 2],
    ['👩\u200d👩\u200d👧', 2],
    ['❤\ufe0f', 2],
    ['🇩🇪', 2],
  ])('of %j is %i', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('a table', () => {
  it('aligns its columns for every script', () => {
    expect(
      table(
        ['AGENT', 'AS'],
        [
          ['weather', 1],
          ['天気', 2],
          ['👩\u200d💻', 3],
        ],
      ),
    ).toEqual(['AGENT    AS', 'weather  1', '天気     2', '👩\u200d💻       3']);
  });

  it('has one line of limited length per row', () => {
    const lines = table(
      ['AGENT', 'AS'],
      [
        ['a\nb\u001b[31m\u202e', 1],
        ['x'.repeat(100_000), 2],
        ['c', 3],
      ],
    );
    expect(lines).toHaveLength(4);
    expect(lines[1]).toMatch(/^a\\nb\\u001b\[31m\\u202e +1$/);
    for (const line of lines) expect(line.length).toBeLessThan(270);
  });
});

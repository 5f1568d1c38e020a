import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { cleanLabel, cleanText } from '../../../../src/bgp/packet/label.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe("a stranger's text", () => {
  it.each([
    ['stays as it is', 'Knows the weather.', 'Knows the weather.'],
    ['keeps its own script', 'Wetter für Köln, 天気, نمی‌دانم', 'Wetter für Köln, 天気, نمی‌دانم'],
    ['keeps what joins emoji', '👩‍💻', '👩‍💻'],
    ['becomes one line', 'a\r\n\tb\u2028c', 'a b c'],
    ['loses terminal escapes', '\u001b[31mred', ' [31mred'],
    ['loses direction marks', 'abc\u202edcba\u2066x\u2069', 'abcdcbax'],
    ['loses tags that only a model reads', 'hi\u{e0069}\u{e0067}', 'hi'],
    ['loses zero-width spaces and byte order marks', 'a\u200bb\ufeffc', 'abc'],
    ['loses halves of characters', 'a\ud83db', 'ab'],
  ])('%s', (_, text, clean) => {
    expect(cleanText(text, 100)).toBe(clean);
  });

  it('is cut to length, and not through a character', () => {
    expect(cleanText('abcdef', 3)).toBe('abc');
    expect(cleanText('ab👩', 3)).toBe('ab');
  });

  it('does not keep what was cut off in memory', async () => {
    const kept: string[] = [];
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < 20; at++) {
      kept.push(cleanText(JSON.parse(`"${at} ${'d'.repeat(4_000_000)}"`) as string, 100));
      await nextTurn();
    }
    collectGarbage();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
    expect(kept).toHaveLength(20);
  });

  it('is a name of at most 128 and a description of at most 1,024', () => {
    const { name, description } = cleanLabel('n'.repeat(9_999), 'd'.repeat(9_999));
    expect([name.length, description.length]).toEqual([128, 1_024]);
  });
});

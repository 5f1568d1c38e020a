import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretMask } from '../../../../src/base/telemetry/secret-mask.ts';

const SECRETS = ['swordfish-123', 'swordfish-123-of-the-lab', 'Bearer opensesame', 'a"b\\c/dé-99'];
const mask = new SecretMask(SECRETS);

/** What becomes of a text that comes in these pieces. */
function streamed(pieces: readonly string[]): string {
  const stream = mask.stream();
  return [...pieces.map((piece) => stream.push(piece)), stream.end()].join('');
}

describe('a configured secret', () => {
  it.each([
    ['the key is swordfish-123.', 'the key is ***.'],
    ['swordfish-123-of-the-lab', '***'],
    ['token opensesame', 'token ***'],
    ['a swordfish', 'a swordfish'],
  ])('is masked in a text: %j', (text, masked) => {
    expect(mask.text(text)).toBe(masked);
    expect(streamed([text])).toBe(masked);
  });

  it.each([
    ['{"text":"swordfish-123"}', true],
    [JSON.stringify({ text: 'a"b\\c/dé-99' }), true],
    ['{"text":"\\u0073wordfish-123"}', true],
    ['{"text":"a\\"b\\\\c\\/d"}', true],
    ['{"text":"fish\\n\\"said\\""}', false],
  ])('may be in %s: %s', (json, may) => {
    expect(mask.mayBeIn(json)).toBe(may);
    expect(new SecretMask([]).mayBeIn(json)).toBe(false);
  });

  it.each([
    [['the key is swor', 'dfish', '-123 or so'], 'the key is *** or so'],
    [['swordfish-123', '-of-the-lab'], '***'],
    [['swordfish-123', ' and more'], '*** and more'],
    [['sw', 'ordfish-123'], 'sw***'],
    [['swordfish', ' is a fish'], 'swordfish is a fish'],
    [['swordfish-123swordf', 'ish-123'], '******'],
  ])('is masked across several chunks: %j', (pieces, masked) => {
    expect(streamed(pieces)).toBe(masked);
  });

  it('is held back only while the next chunk may continue it', () => {
    const stream = mask.stream();
    expect(stream.push('words and sword')).toBe('words and ');
    expect(stream.push('s')).toBe('swords');
  });

  it('is masked wherever a text is split, except for its first three characters', () => {
    const piece = fc.oneof(
      fc.constantFrom(...SECRETS, 'swor', 'dfish-', '123', '-of-the-lab', 'opense', 'same', ' ', 'x', '👩'),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(60), { maxLength: 6 }), (parts, cuts) => {
        const text = parts.join('');
        const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((place, at) => text.slice(places[at], place));
        const said = streamed(pieces);
        for (const secret of ['swordfish-123', 'opensesame']) {
          const tail = secret.slice(3);
          // A text may hold the same letters without being the secret.
          if (!mask.text(text).includes(tail)) expect(said).not.toContain(tail);
        }
        if (mask.text(text) === text) expect(said).toBe(text);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is released only in whole characters', () => {
    const stream = new SecretMask([]).stream();
    expect([stream.push('a\ud83d'), stream.push('\udc69b'), stream.end()]).toEqual(['a', '👩b', '']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lines } from '../../../../src/servers/api/lines.ts';

async function linesOf(...chunks: readonly Uint8Array[]): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines(ReadableStream.from(chunks))) found.push(line);
  return found;
}

describe('the lines of a body', () => {
  it('are the same wherever the network splits it, even within a character', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\uFEFF]/g, ' ')),
          { minLength: 1 },
        ),
        fc.array(fc.nat({ max: 60 })),
        fc.constantFrom('\n', '\r\n'),
        async (texts, cuts, end) => {
          const bytes = new TextEncoder().encode(texts.map((text) => text + end).join(''));
          const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
          const chunks = places.slice(1).map((place, index) => bytes.slice(places[index], place));
          expect(await linesOf(...chunks)).toEqual(texts);
        },
      ),
    );
  });

  it('end with a line feed, with or without a carriage return, or with the body', async () => {
    const encoder = new TextEncoder();
    expect(await linesOf(encoder.encode('one\r\ntwo\n\nthr'), encoder.encode('ee'))).toEqual([
      'one',
      'two',
      '',
      'three',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { bodyText } from '../../../../src/base/bodies/body-text.ts';

/** A body in parts of two bytes, which split longer characters; `read` counts the parts that were asked for. */
function body(text: string): { readonly parts: Iterable<Uint8Array>; readonly read: () => number } {
  const bytes = Buffer.from(text);
  let read = 0;
  function* parts(): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 2) {
      read += 1;
      yield bytes.subarray(at, at + 2);
    }
  }
  return { parts: parts(), read: () => read };
}

describe('the text of a body', () => {
  it('is put together from all parts, also where they split a character', async () => {
    expect(await bodyText(body('naïve 日本 🚀').parts, 100)).toBe('naïve 日本 🚀');
  });

  it('is empty where the body is', async () => {
    expect(await bodyText([], 0)).toBe('');
  });

  it('may have exactly as many bytes as are allowed', async () => {
    expect(await bodyText(body('日本').parts, 6)).toBe('日本');
  });

  it('is none where there are more, and no further part is read', async () => {
    const { parts, read } = body('x'.repeat(100));
    expect(await bodyText(parts, 5)).toBeUndefined();
    expect(read()).toBe(3);
  });
});

/** Initial size of the buffer, which doubles as the body grows. */
const FIRST_BYTES = 4_096;

/**
 * Reads the bytes of a body. Stops and returns undefined if there are more than `maxBytes`. `coming` receives the size of each
 * chunk before it is stored, and can abort by throwing.
 */
export async function bodyBytes(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
  coming: (bytes: number) => void = () => undefined,
): Promise<Buffer | undefined> {
  // One buffer, because a list of one-byte chunks would need a hundred times their size.
  let kept = Buffer.alloc(0);
  let size = 0;
  for await (const part of body) {
    if (size + part.length > maxBytes) return undefined;
    coming(part.length);
    if (size + part.length > kept.length) kept = grown(kept, size + part.length);
    kept.set(part, size);
    size += part.length;
  }
  return kept.subarray(0, size);
}

function grown(kept: Buffer, size: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, size, 2 * kept.length));
  kept.copy(larger);
  return larger;
}

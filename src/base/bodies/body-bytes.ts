/** What a body is first given room for; it doubles as the body grows. */
const FIRST_BYTES = 4_096;

/**
 * The bytes of a body; undefined where there are more than allowed: then it is not read to its end. `coming` is told of bytes
 * before they are kept, and ends the reading by throwing.
 */
export async function bodyBytes(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
  coming: (bytes: number) => void = () => undefined,
): Promise<Buffer | undefined> {
  // In one piece: kept as they come, parts of a byte each would take a hundred times their size.
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

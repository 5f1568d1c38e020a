/** Yields the lines of a UTF-8 body as they arrive, without their ends. */
export async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let begun: string[] = [];
  for await (const bytes of body) {
    const parts = decoder.decode(bytes, { stream: true }).split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      yield [...begun, part].join('').replace(/\r$/, '');
      begun = [];
    }
    if (last !== '') begun.push(last);
  }
  if (begun.length > 0) yield begun.join('');
}

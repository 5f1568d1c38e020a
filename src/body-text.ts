import { bodyBytes } from './body-bytes.ts';

/** The text of a body; undefined where it is of more bytes than allowed: then it is not read to its end. */
export async function bodyText(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<string | undefined> {
  return (await bodyBytes(body, maxBytes))?.toString();
}

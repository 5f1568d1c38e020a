import { bodyBytes } from './body-bytes.ts';

/** Reads a body as text, with the limits of {@link bodyBytes}. */
export async function bodyText(...[body, maxBytes, coming]: Parameters<typeof bodyBytes>): Promise<string | undefined> {
  return (await bodyBytes(body, maxBytes, coming))?.toString();
}

import { bodyBytes } from './body-bytes.ts';

/** The text of a body, read as {@link bodyBytes} reads it. */
export async function bodyText(...[body, maxBytes, coming]: Parameters<typeof bodyBytes>): Promise<string | undefined> {
  return (await bodyBytes(body, maxBytes, coming))?.toString();
}

/**
 * Returns the form in which base URLs are compared: no trailing slash, query or credentials. Returns undefined if the
 * text is not an http(s) URL.
 */
export function baseUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  return url.origin + url.pathname.replace(/\/+$/, '');
}

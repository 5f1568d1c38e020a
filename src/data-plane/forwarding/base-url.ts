/** The form in which base URLs are compared: no trailing slash, no query, no credentials; undefined when it is no http(s) URL. */
export function baseUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  return url.origin + url.pathname.replace(/\/+$/, '');
}

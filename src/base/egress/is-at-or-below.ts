/** Returns true if a URL is a base URL or lies below it. */
export function isAtOrBelow(base: string, url: string): boolean {
  return `${url}/`.startsWith(`${base}/`);
}

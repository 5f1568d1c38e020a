/** Whether a URL is a base URL or lies below it. */
export function covers(base: string, url: string): boolean {
  return `${url}/`.startsWith(`${base}/`);
}

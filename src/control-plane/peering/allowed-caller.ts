import { isIP } from 'node:net';

/**
 * Whether a request may come in at all: under a name that is ours, so that no foreign name that was made to lead here
 * works, and not from a page of another origin in somebody's browser.
 */
export function isAllowedCaller(header: (name: string) => string | undefined, names: readonly string[]): boolean {
  const host = header('host');
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const { hostname, host: ownHost } = new URL(`http://${host}`);
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  if (bare !== 'localhost' && isIP(bare) === 0 && !names.includes(bare)) return false;
  if (header('sec-fetch-site') === 'cross-site') return false;
  const origin = header('origin');
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === ownHost);
}

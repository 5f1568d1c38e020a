import { isIP } from 'node:net';

/**
 * Returns true if the host and origin of a request are allowed. The host must be localhost, an address or one of
 * `names`, which prevents DNS rebinding. A request from a web page must have the same origin.
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

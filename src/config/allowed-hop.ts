import { isIP } from 'node:net';
import { parseBaseUrl } from './base-url.ts';
import type { Parsed } from './parsed.ts';
import { isHostName } from './settings.ts';

/** Parses an entry of `allowNextHops`: a base URL, a host name, an IP address, or a network in CIDR notation. */
export function parseAllowedHop(text: string): Parsed<string> {
  if (text.includes('://')) return parseBaseUrl(text);
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version !== 0 && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128))) return { value: text };
  // A name whose last part is a number could only be a mistyped address.
  if (bits === undefined && isHostName(address) && !/(^|\.)\d+\.?$/.test(address)) return { value: text.toLowerCase() };
  return { fault: 'must be a base URL, a host name, an IP address, or a network like 10.0.0.0/8' };
}

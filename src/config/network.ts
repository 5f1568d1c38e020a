import { isIP } from 'node:net';
import type { Parsed } from './parsed.ts';
import { isHostName } from './settings.ts';

/** Parses what an address may be compared with: an IP address, a network in CIDR notation, or a host name. */
export function parseNetwork(text: string): Parsed<string> {
  const [, address = '', bits] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version !== 0 && (bits === undefined || Number(bits) <= (version === 4 ? 32 : 128))) return { value: text };
  // A name whose last part is a number could only be a mistyped address.
  if (bits === undefined && isHostName(address) && !/(^|\.)\d+\.?$/.test(address)) return { value: text };
  return { fault: 'must be an IP address, a network like 10.0.0.0/8, or a host name' };
}

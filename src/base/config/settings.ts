import { isIP } from 'node:net';
import { z } from 'zod';
import { isAsn, MAX_ASN, type Asn } from '../../core/bgp/packet/asn.ts';
import { capabilityPath } from '../../core/bgp/packet/nlri.ts';
import { isRouterId, type RouterId } from '../../core/bgp/packet/router-id.ts';
import { LOG_LEVELS, type LogLevel } from '../telemetry/log-level.ts';
import { parseBaseUrl } from './base-url-field.ts';
import { field, textField } from './field.ts';
import { parseInteger } from './integer.ts';
import type { Parsed } from './parsed.ts';
import type { ListenAddress } from './resolve-peering.ts';

/** Schemas of the settings that variables and config file share. */

export const asn: z.ZodType<Asn> = field((value) => parseInteger(value, 1, MAX_ASN));

export const routerId: z.ZodType<RouterId> = field((value) =>
  isRouterId(value) ? { value } : { fault: 'must be a dotted quad other than 0.0.0.0, like 10.0.0.1' },
);

export const logLevel: z.ZodType<LogLevel> = textField((text) => {
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  return level === undefined ? { fault: `must be one of ${LOG_LEVELS.join(', ')}` } : { value: level };
});

export const baseUrl = field((value) =>
  typeof value === 'string' ? parseBaseUrl(value) : { fault: 'must be a URL like http://localhost:4111' },
);

/** One day, because longer delays do not fit every timer. */
const MAX_DELAY_MS = 86_400_000;

export const delayMs = field((value) => parseInteger(value, 1, MAX_DELAY_MS));

export const retries = field((value) => parseInteger(value, 0, 100));

export const count = field((value) => parseInteger(value, 1, 1_000_000));

export const flag = z.boolean({ error: 'must be true or false' });

export const port = field((value) => parseInteger(value, 1, 65_535));

export const transport = textField((text): Parsed<'stdio' | 'http'> =>
  text === 'stdio' || text === 'http' ? { value: text } : { fault: 'must be stdio or http' },
);

export const nonEmptyText = textField((text) =>
  text.trim() === '' ? { fault: 'must not be empty' } : { value: text },
);

/** Schema of a capability; yields its canonical form. */
export const capability = textField(parseCapability);

export function parseCapability(text: string): Parsed<string> {
  const path = capabilityPath(text);
  return path === undefined ? { fault: 'must be a path like coding/typescript' } : { value: path };
}

/** Schema of a shared secret. */
export const key = textField((text) => {
  if (text.trim() === '') return { fault: 'must not be empty' };
  return namesVariable(text)
    ? {
        fault:
          'is the name of a variable, which is not expanded here; write the key itself, or "${NAME}" in a config file',
      }
    : { value: text };
});

/** Returns true if a text is only a reference to a variable, and therefore no secret. */
export function namesVariable(text: unknown): boolean {
  return typeof text === 'string' && /^\s*\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})\s*$/.test(text);
}

/** Schema of a policy or of the path to one. */
export const policy = field((value) =>
  (typeof value === 'string' && value !== '') || (typeof value === 'object' && value !== null && !Array.isArray(value))
    ? { value }
    : { fault: 'must be the path of a policy file, or the policy itself as an object' },
);

/** Schema of a listen address, or `off`. */
export const listen = textField((text): Parsed<ListenAddress | 'off'> => {
  if (text === 'off') return { value: 'off' as const };
  const [, host = '', digits] = /^(.*):(\d+)$/.exec(text) ?? [];
  const bare = /^\[(.*)\]$/.exec(host)?.[1];
  const validHost = bare === undefined ? isHostName(host) || isIP(host) === 4 : isIP(bare) === 6;
  return validHost && 'value' in parseInteger(digits, 1, 65_535)
    ? { value: { host: bare ?? host, port: Number(digits) } }
    : { fault: 'must be host:port like 127.0.0.1:3001, or `off`' };
});

/** Parses a peer in the form `ASN@URL`. */
export function parsePeer(text: string): Parsed<{ readonly asn: Asn; readonly url: string }> {
  const [, digits = '', url = ''] = /^([^@]*)@(.*)$/s.exec(text) ?? [];
  if (!isAsn(Number(digits)) || 'fault' in parseInteger(digits, 1, MAX_ASN)) {
    return { fault: `must be ASN@URL like 65001@http://router.example:3001, with an ASN from 1 to ${MAX_ASN}` };
  }
  const parsed = parseBaseUrl(url);
  return 'fault' in parsed
    ? { fault: `the URL ${parsed.fault}` }
    : { value: { asn: Number(digits), url: parsed.value } };
}

/** Returns true if a text is a valid host name. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && /^(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?$/.test(text);
}

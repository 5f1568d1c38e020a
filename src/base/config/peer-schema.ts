import { z } from 'zod';
import { MAX_ASN } from '../../core/bgp/packet/asn.ts';
import { globFault } from '../../core/bgp/policy/glob.ts';
import { MAX_BYTES_OF_ALL_PEERS } from '../../core/bgp/rib/footprint.ts';
import { damping } from './damping-schema.ts';
import { parseBaseUrl } from './base-url-field.ts';
import { field, textField } from './field.ts';
import { parseInteger } from './integer.ts';
import { parseServerName } from './server-name.ts';
import * as setting from './settings.ts';
import { shortOrLong } from './short-or-long.ts';
import { strict } from './strict.ts';

/** Hold time: 0, or at least 3 seconds (RFC 4271 §4.2), and at most the maximum of the OPEN field. */
const holdTimeSeconds = field((value) => {
  const parsed = parseInteger(value, 0, 65_535);
  return 'value' in parsed && (parsed.value === 1 || parsed.value === 2)
    ? { fault: 'must be 0 (disabled) or at least 3' }
    : parsed;
});

const glob = textField((text) => {
  const fault = globFault(text);
  return fault === undefined ? { value: text } : { fault };
});

/** Longest restart time that graceful restart can announce (RFC 4724 §3). */
const MAX_RESTART_TIME_SECONDS = 4_095;

/** Schema of a peer that is written as an object. */
export const longForm = strict({
  asn: setting.asn,
  name: textField(parseServerName).optional(),
  url: setting.baseUrl.optional(),
  key: setting.key.optional(),
  policy: setting.policy.optional(),
  maxRoutes: setting.count.optional(),
  maxBytes: field((value) => parseInteger(value, 1, MAX_BYTES_OF_ALL_PEERS)).optional(),
  allowOrigins: z.array(setting.asn, { error: 'must be a list' }).optional(),
  allowAgents: z.array(glob, { error: 'must be a list' }).optional(),
  damping: damping.optional(),
  client: setting.flag.optional(),
  passive: setting.flag.optional(),
  insecure: setting.flag.optional(),
  holdTimeSeconds: holdTimeSeconds.optional(),
  restartTimeSeconds: field((value) => parseInteger(value, 0, MAX_RESTART_TIME_SECONDS)).optional(),
  advertisementIntervalMs: field((value) => parseInteger(value, 0, 600_000)).optional(),
  nextHop: textField<'self' | 'unchanged'>((text) =>
    text === 'self' || text === 'unchanged' ? { value: text } : { fault: 'must be self or unchanged' },
  ).optional(),
  callers: z.array(setting.asn, { error: 'must be a list' }).optional(),
});

/** Schema of one entry of `callers`. */
export const callerSchema = strict({ asn: setting.asn, key: setting.key.optional() });

interface NextHopEntry {
  readonly url: string;
  readonly key?: string | undefined;
}

/** Schema of one entry of `allowNextHops`: a URL, or an object with the key for calls to it. */
export const nextHopSchema: z.ZodType<NextHopEntry> = shortOrLong<NextHopEntry>(
  (text) => {
    const parsed = parseBaseUrl(text);
    return 'fault' in parsed ? parsed : { value: { url: parsed.value } };
  },
  strict({ url: setting.baseUrl, key: setting.key.optional() }),
);

/** Range of ASNs such as `64512-65534`, or a single ASN. */
const asns = field((value) => {
  const [, from = '', to = from] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(String(value)) ?? [];
  const [low, high] = [parseInteger(from, 1, MAX_ASN), parseInteger(to, 1, MAX_ASN)];
  return 'value' in low && 'value' in high && low.value <= high.value
    ? { value: { from: low.value, to: high.value } }
    : { fault: 'must be a range of ASNs like 64512-65534' };
});

/** Schema of one entry of `guests`. */
export const guestSchema = strict({
  asns,
  key: setting.key.optional(),
  maxRoutes: longForm.shape.maxRoutes,
  maxBytes: longForm.shape.maxBytes,
  allowOrigins: longForm.shape.allowOrigins,
  allowAgents: longForm.shape.allowAgents,
  damping: longForm.shape.damping,
  holdTimeSeconds: longForm.shape.holdTimeSeconds,
  advertisementIntervalMs: longForm.shape.advertisementIntervalMs,
});

export type PeerEntry = z.infer<typeof longForm>;

/** Schema of one entry of `peers`: `ASN@URL`, or an object. */
export const peerSchema: z.ZodType<PeerEntry> = shortOrLong<PeerEntry>(setting.parsePeer, longForm);

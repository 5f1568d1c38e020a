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

/** The lowest hold time that is no zero (RFC 4271 §4.2), and the highest that OPEN can carry. */
const holdTimeSeconds = field((value) => {
  const parsed = parseInteger(value, 0, 65_535);
  return 'value' in parsed && (parsed.value === 1 || parsed.value === 2)
    ? { fault: 'must be 0, for none, or at least 3' }
    : parsed;
});

const glob = textField((text) => {
  const fault = globFault(text);
  return fault === undefined ? { value: text } : { fault };
});

/** The longest time that graceful restart can ask for (RFC 4724 §3). */
const MAX_RESTART_TIME_SECONDS = 4_095;

/** What can be said of a peer. */
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

/** One entry of `callers`. */
export const callerSchema = strict({ asn: setting.asn, key: setting.key.optional() });

interface NextHopEntry {
  readonly url: string;
  readonly key?: string | undefined;
}

/** One entry of `allowNextHops`: a URL, or an object that says with which key we call there. */
export const nextHopSchema: z.ZodType<NextHopEntry> = shortOrLong<NextHopEntry>(
  (text) => {
    const parsed = parseBaseUrl(text);
    return 'fault' in parsed ? parsed : { value: { url: parsed.value } };
  },
  strict({ url: setting.baseUrl, key: setting.key.optional() }),
);

/** The ASNs of guests: `64512-65534`, or one. */
const asns = field((value) => {
  const [, from = '', to = from] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(String(value)) ?? [];
  const [low, high] = [parseInteger(from, 1, MAX_ASN), parseInteger(to, 1, MAX_ASN)];
  return 'value' in low && 'value' in high && low.value <= high.value
    ? { value: { from: low.value, to: high.value } }
    : { fault: 'must be a range of ASNs like 64512-65534' };
});

/** What can be said of routers that may peer without being listed. */
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

/** One entry of `peers`: `ASN@URL`, or an object that says more. */
export const peerSchema: z.ZodType<PeerEntry> = shortOrLong<PeerEntry>(setting.parsePeer, longForm);

import { z } from 'zod';
import { MAX_MED, MAX_UINT32 } from '../../core/bgp/packet/attributes.ts';
import { isCommunity, MAX_COMMUNITY_LENGTH } from '../../core/bgp/packet/community.ts';
import { aggregates } from './aggregates-schema.ts';
import { BALANCING_METHODS } from './config.ts';
import { damping } from './damping-schema.ts';
import { headers } from './headers.ts';
import { field, textField } from './field.ts';
import { parseInteger } from './integer.ts';
import { callerSchema, guestSchema, nextHopSchema } from './peer-schema.ts';
import { parseServerName } from './server-name.ts';
import { UNSUPPORTED_KEYS } from './unsupported-settings.ts';
import * as setting from './settings.ts';
import { strict } from './strict.ts';

const MAX_WEIGHT = 65_535;
const MAX_PATHS = 64;
const MAX_DESCRIPTION_LENGTH = 1000;

const community = textField((text) =>
  isCommunity(text)
    ? { value: text }
    : {
        fault: `must be 1 to ${MAX_COMMUNITY_LENGTH} visible characters without spaces, like region:eu`,
      },
);

const region = textField((text) =>
  /^[A-Za-z0-9._-]{1,64}$/.test(text)
    ? { value: text }
    : { fault: 'must be 1 to 64 letters, digits, `.`, `_` or `-`, like eu-west' },
);

const balancingMethod = textField((text) => {
  const method = BALANCING_METHODS.find((known) => known === text);
  return method === undefined ? { fault: `must be one of ${BALANCING_METHODS.join(', ')}` } : { value: method };
});

const description = textField((text) =>
  text.length <= MAX_DESCRIPTION_LENGTH
    ? { value: text }
    : { fault: `must be at most ${MAX_DESCRIPTION_LENGTH} characters` },
);

function list<T>(item: z.ZodType<T>): z.ZodOptional<z.ZodArray<z.ZodType<T>>> {
  return z.array(item, { error: 'must be a list' }).optional();
}

/** Schema of one entry of `servers`. */
export const serverSchema = strict({
  name: textField(parseServerName).optional(),
  url: setting.baseUrl,
  asn: setting.asn.optional(),
  headers: headers.optional(),
  capabilities: list(setting.capability),
  communities: list(community),
  localPref: field((value) => parseInteger(value, 0, MAX_UINT32)).optional(),
  weight: field((value) => parseInteger(value, 1, MAX_WEIGHT)).optional(),
  damping: damping.optional(),
  region: region.optional(),
  description: description.optional(),
});

const fileShape = {
  servers: list(z.unknown()),
  policy: setting.policy.optional(),
  asn: setting.asn.optional(),
  routerId: setting.routerId.optional(),
  discovery: strict({
    intervalMs: setting.delayMs.optional(),
    timeoutMs: setting.delayMs.optional(),
    retries: setting.retries.optional(),
    backoffMs: setting.delayMs.optional(),
    maxBackoffMs: setting.delayMs.optional(),
    maxAgentsPerServer: setting.count.optional(),
  }).optional(),
  calls: strict({
    timeoutMs: setting.delayMs.optional(),
    silenceMs: setting.delayMs.optional(),
    maxConcurrent: setting.count.optional(),
    maxQueued: field((value) => parseInteger(value, 0, 1_000_000)).optional(),
    hedge: setting.flag.optional(),
    maxResultLength: field((value) => parseInteger(value, 1_000, 10_000_000)).optional(),
    maxPerMinute: setting.count.optional(),
    maxBurst: setting.count.optional(),
  })
    .refine(({ maxPerMinute, maxBurst }) => maxBurst === undefined || maxPerMinute !== undefined, {
      path: ['maxBurst'],
      error: 'has no effect without maxPerMinute; set that too, or remove it',
    })
    .optional(),
  lists: strict({
    maxTokens: field((value) => parseInteger(value, 500, 1_000_000)).optional(),
  }).optional(),
  health: strict({
    intervalMs: setting.delayMs.optional(),
    timeoutMs: setting.delayMs.optional(),
    failures: setting.count.optional(),
    restMs: setting.delayMs.optional(),
  }).optional(),
  balancing: strict({
    method: balancingMethod.optional(),
    maxPaths: field((value) => parseInteger(value, 1, MAX_PATHS)).optional(),
    medTolerance: field((value) => parseInteger(value, 0, MAX_MED)).optional(),
  }).optional(),
  aggregates: aggregates.optional(),
  allowServerUrls: list(setting.baseUrl),
  allowNextHops: list(nextHopSchema),
  logLevel: setting.logLevel.optional(),
  peers: list(z.unknown()),
  guests: list(guestSchema),
  callers: list(callerSchema),
  listen: setting.listen.optional(),
  advertiseUrl: setting.baseUrl.optional(),
  peerKey: setting.key.optional(),
  operators: strict({ key: setting.key }).optional(),
  transport: setting.transport.optional(),
  port: setting.port.optional(),
};

/**
 * Schema of the config file. The entries of `servers` and `peers` and the content of `policy` have parsers of their
 * own.
 */
export const fileSchema = strict(fileShape, UNSUPPORTED_KEYS);

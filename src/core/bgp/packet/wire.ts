import { z } from 'zod';
import { MAX_ASN } from './asn.ts';
import { MAX_UINT32, NEXT_HOP_FORM } from './attributes.ts';
import { COMMUNITY_FORM, isCommunity, MAX_DISCOVERED_LENGTH } from './community.ts';
import { LIFE_FORM, SECRET_FORM } from './life.ts';
import * as limits from './limits.ts';
import { VERSION } from './message.ts';
import { capabilityPath, isNlri, MAX_CAPABILITY_LENGTH, MAX_TOLD_ID_LENGTH } from './nlri.ts';
import { isRouterId } from './router-id.ts';

const asn = z.int().min(1).max(MAX_ASN);
const uint32 = z.int().min(0).max(MAX_UINT32);
const octet = z.int().min(0).max(255);
const routerId = z.ipv4().refine(isRouterId);
const text = z.string();
const nlri = text.min(1).max(MAX_TOLD_ID_LENGTH).refine(isNlri);

/** OPEN as JSON (RFC 4271 §4.2). What stands beside the named capabilities is ignored (RFC 5492 §3). */
export const wireOpen = z.strictObject({
  type: z.literal('open'),
  version: z.literal(VERSION),
  asn,
  routerId,
  holdTimeSeconds: z.int().min(0).max(65_535),
  capabilities: z
    .object({
      families: z.array(text).optional(),
      routeRefresh: z.boolean().optional(),
      gracefulRestart: z
        .object({
          restartTimeSeconds: z.int().min(0).max(limits.MAX_RESTART_TIME_SECONDS),
          restarted: z.boolean(),
          preserved: z.boolean(),
        })
        .optional(),
      proofs: z.boolean().optional(),
      decision: text.max(limits.MAX_DECISION_LENGTH).optional(),
    })
    .optional(),
});

/**
 * The path attributes that this version knows, as JSON (RFC 4271 §5). Any other is optional and says with its first
 * character what becomes of it where it is not known: `+` transitive, kept and passed on; `?` non-transitive, dropped.
 * There is no partial bit, because no one acts on it. A next hop that is not named is the sender itself, under the URL
 * that the receiver knows it by.
 */
const wireAttributes = z.strictObject({
  asPath: z.array(z.union([asn, z.array(asn).min(1)])).max(limits.MAX_LIST_LENGTH),
  nextHop: text.max(limits.MAX_URL_LENGTH).regex(NEXT_HOP_FORM).optional(),
  localPref: uint32.optional(),
  med: uint32.optional(),
  communities: z
    .array(text.min(1).max(MAX_DISCOVERED_LENGTH).regex(COMMUNITY_FORM).refine(isCommunity))
    .max(limits.MAX_LIST_LENGTH)
    .optional(),
  capabilities: z
    .array(text.max(MAX_CAPABILITY_LENGTH).refine((path) => capabilityPath(path) === path))
    .max(limits.MAX_CAPABILITIES)
    .optional(),
  performance: z.strictObject({ responseTimeMs: z.number().min(0), successRate: z.number().min(0).max(1) }).optional(),
  originTime: z.int().min(0).max(limits.MAX_TIME_MS),
  originatorId: routerId.optional(),
  clusterList: z.array(routerId).max(limits.MAX_LIST_LENGTH).optional(),
  aggregate: z.literal(true).optional(),
});

/** The known path attributes as they stand on the wire (RFC 4271 §5). */
export type WireAttributes = z.infer<typeof wireAttributes>;

/** UPDATE as JSON (RFC 4271 §4.3). */
const wireUpdate = z.strictObject({
  type: z.literal('update'),
  withdrawn: z.array(nlri).optional(),
  attributes: wireAttributes.catchall(z.unknown()).optional(),
  reach: z
    .array(
      z.object({
        nlri,
        life: text.regex(LIFE_FORM).optional(),
        name: text.optional(),
        description: text.optional(),
        modelVersion: z.literal('v1').optional(),
      }),
    )
    .optional(),
  proofs: z.array(z.object({ nlri, secret: text.regex(SECRET_FORM) })).optional(),
  endOfRib: text.optional(),
});

/** KEEPALIVE as JSON (RFC 4271 §4.4). */
export const wireKeepalive = z.strictObject({ type: z.literal('keepalive') });

/** NOTIFICATION as JSON (RFC 4271 §4.5). */
export const wireNotification = z.object({
  type: z.literal('notification'),
  code: octet,
  subcode: octet,
  reason: text.optional(),
});

/** ROUTE-REFRESH as JSON (RFC 2918 §3). */
export const wireRouteRefresh = z.strictObject({ type: z.literal('route-refresh'), family: text });

/** Every message as a sender must write it; a receiver forgives more (RFC 7606 §2). */
export const wireMessage = z.discriminatedUnion('type', [
  wireOpen,
  wireUpdate,
  wireKeepalive,
  wireNotification,
  wireRouteRefresh,
]);

/** A message as plain JSON (RFC 4271 §4.1). */
export type WireMessage = z.infer<typeof wireMessage>;

import { z } from 'zod';
import { MAX_ASN } from '../../core/bgp/packet/asn.ts';
import { NEXT_HOP_FORM } from '../../core/bgp/packet/attributes.ts';
import { MAX_URL_LENGTH } from '../../core/bgp/packet/limits.ts';
import { isRouterId } from '../../core/bgp/packet/router-id.ts';

/** Name of the protocol and of its WebSocket subprotocol. */
export const PROTOCOL = 'agent-bgp.v1';

const asn = z.int().min(1).max(MAX_ASN);
const routerId = z.ipv4().refine(isRouterId);
const sessionId = z.string().regex(/^[\w-]{22}$/);
const nonce = z.string().regex(/^[\w-]{22}$/);
const proof = z.string().regex(/^[\w-]{43}$/);

/** First message of a router to another one: its identity and a nonce for this exchange. */
export const wireHello = z.object({
  type: z.literal('hello'),
  protocol: z.string(),
  asn,
  routerId,
  nonce,
  /** Milliseconds since 1970. */
  time: z.number(),
  /** Base URL under which the sender takes calls, if it has one. */
  url: z
    .url({ protocol: /^https?$/ })
    .max(MAX_URL_LENGTH)
    .refine((url) => NEXT_HOP_FORM.test(url))
    .optional(),
});

/** Answer to a hello: our identity, our nonce and the name of the new session. */
export const wireChallenge = z.object({ type: z.literal('challenge'), session: sessionId, asn, routerId, nonce });

/** Proof that the dialling router knows the key. */
export const wireProof = z.object({ type: z.literal('proof'), session: sessionId, proof });

/** Proof that the answering router knows the key. */
export const wireWelcome = z.object({ type: z.literal('welcome'), proof });

/** A hello in its shortest form, which is also an OPEN with defaults. */
export const wirePlainHello = z.object({
  localASN: asn,
  routerId: routerId.optional(),
  holdTimeSeconds: z.int().min(0).max(65_535).optional(),
});

export type Hello = z.infer<typeof wireHello>;
export type Challenge = z.infer<typeof wireChallenge>;
export type PlainHello = z.infer<typeof wirePlainHello>;

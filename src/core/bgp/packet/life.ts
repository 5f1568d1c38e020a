import type { Nlri } from './nlri.ts';

/**
 * The name of one origination of an NLRI: base64url of SHA-256 over the originator's secret, the family and the id. It
 * stays the same through attribute changes and ends when the originator has no copy of its own left.
 */
export type Life = string;

/** The secret that only the originator knows while a life lasts: 128 random bits in base64url. */
export type Secret = string;

/** The form of a life: 256 bits in base64url. */
export const LIFE_FORM = /^[\w-]{43}$/;

/** The form of a secret: 128 bits in base64url. */
export const SECRET_FORM = /^[\w-]{22}$/;

/** The revealed secret that ends a life. `life` is what the secret hashes to, computed by the receiver, never received. */
export interface Proof {
  readonly nlri: Nlri;
  readonly secret: Secret;
  readonly life: Life;
}

/** The time for which a dead life is remembered, in milliseconds. Forgetting gives classical behaviour. */
export const DEAD_LIFE_MS = 600_000;

/** The most dead lives that are remembered; the oldest are forgotten first. */
export const MAX_DEAD_LIVES = 100_000;

import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { drawNonce } from './handshake.ts';
import type { Identity } from '../speaker/identity.ts';

/** How long a token of ours can be used, in seconds: it serves for one request, which leaves at once. */
const TOKEN_LIFE_SECONDS = 10;

/** How long a token of anybody can be used, in seconds. */
const MAX_TOKEN_LIFE_SECONDS = 60;

/** How far the clocks of two routers may differ, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 30;

/** The longest id of a token; each is remembered until the token ends. */
const MAX_TOKEN_ID_LENGTH = 64;

const ALGORITHM = 'HS256';

/** A token that is what it should be. */
export interface VerifiedToken {
  readonly id: string;
  /** From when on nobody can use it any more, in whole seconds since 1970. */
  readonly until: number;
}

/** Who has made a token, and for whom. */
export interface TokenEnds {
  readonly issuer: string;
  readonly audience: string;
}

/** A token for one request, of a session or of what stands in its place. */
export async function signToken(id: string, { issuer, audience }: TokenEnds, key: Uint8Array): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, kid: id })
    .setIssuer(issuer)
    .setAudience(audience)
    .setJti(drawNonce())
    .setIssuedAt()
    .setExpirationTime(`${TOKEN_LIFE_SECONDS}s`)
    .sign(key);
}

/** The session that a token claims to be of, not yet verified. */
export function claimedSession(token: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(token);
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}

/** Rejects for a token that is not what it should be. */
export async function verifyToken(
  token: string,
  { issuer, audience }: TokenEnds,
  key: Uint8Array,
): Promise<VerifiedToken> {
  const { payload } = await jwtVerify(token, key, {
    algorithms: [ALGORITHM],
    issuer,
    audience,
    maxTokenAge: MAX_TOKEN_LIFE_SECONDS,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['jti', 'exp', 'iat'],
  });
  const { jti, aud, exp, iat } = payload;
  // Whatever is no text is never equal to what was remembered, and could be used again.
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_TOKEN_ID_LENGTH) {
    throw new Error(`its jti is no text of 1 to ${MAX_TOKEN_ID_LENGTH} letters`);
  }
  if (typeof aud !== 'string' || exp === undefined || iat === undefined) {
    throw new Error('it is not for one router, or has no time');
  }
  // A second more: the times in tokens are rounded.
  const until = Math.ceil(Math.min(exp, iat + MAX_TOKEN_LIFE_SECONDS)) + CLOCK_TOLERANCE_SECONDS + 1;
  return { id: jti, until };
}

/** How tokens name a router. */
export function nameOf({ asn, routerId }: Identity): string {
  return `as${asn}/${routerId}`;
}

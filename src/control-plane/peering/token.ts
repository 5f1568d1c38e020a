import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { drawNonce } from './handshake.ts';
import type { Identity } from '../speaker/identity.ts';

/** Lifetime of our tokens, in seconds. A token serves one request, which is sent at once. */
const TOKEN_LIFE_SECONDS = 10;

/** Longest accepted lifetime of a token, in seconds. */
const MAX_TOKEN_LIFE_SECONDS = 60;

/** Largest accepted difference between the clocks of two routers, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 30;

/** Longest accepted id of a token. Each id is stored until the token expires. */
const MAX_TOKEN_ID_LENGTH = 64;

const ALGORITHM = 'HS256';

/** A token whose signature and claims have been verified. */
export interface VerifiedToken {
  readonly id: string;
  /** Time from which the token is certainly expired, in whole seconds since 1970. */
  readonly until: number;
}

/** Issuer and audience of a token. */
export interface TokenEnds {
  readonly issuer: string;
  readonly audience: string;
}

/** Returns a token for one request. `id` names its session, or a constant for callers without a session. */
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

/** Returns the session that a token claims, without verifying the token. */
export function claimedSession(token: string): string | undefined {
  try {
    const { kid } = decodeProtectedHeader(token);
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}

/** Verifies a token. Rejects if it is invalid. */
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
  // Only a text can be compared with the stored ids. Any other value could be used again.
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_TOKEN_ID_LENGTH) {
    throw new Error(`its jti is not a text of 1 to ${MAX_TOKEN_ID_LENGTH} letters`);
  }
  if (typeof aud !== 'string' || exp === undefined || iat === undefined) {
    throw new Error('it has more than one audience, or no time');
  }
  // One second is added because the times in tokens are rounded.
  const until = Math.ceil(Math.min(exp, iat + MAX_TOKEN_LIFE_SECONDS)) + CLOCK_TOLERANCE_SECONDS + 1;
  return { id: jti, until };
}

/** Returns the name of a router in tokens. */
export function nameOf({ asn, routerId }: Identity): string {
  return `as${asn}/${routerId}`;
}

import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { drawNonce } from './handshake.ts';
import type { Identity } from './session.ts';

/** How long a token can be used, in seconds. */
export const TOKEN_LIFE_SECONDS = 60;

/** How far the clocks of two routers may differ, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 30;

const ALGORITHM = 'HS256';

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
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
}

/** The id of a token that is what it should be; rejects for any other. */
export async function verifyToken(token: string, { issuer, audience }: TokenEnds, key: Uint8Array): Promise<string> {
  const { payload } = await jwtVerify(token, key, {
    algorithms: [ALGORITHM],
    issuer,
    audience,
    maxTokenAge: TOKEN_LIFE_SECONDS,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['jti', 'exp'],
  });
  if (payload.jti === undefined) throw new Error('the token has no id');
  return payload.jti;
}

/** How tokens name a router. */
export function nameOf({ asn, routerId }: Identity): string {
  return `as${asn}/${routerId}`;
}

import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { drawNonce } from './handshake.ts';
import type { Identity, Session } from './session.ts';

/** How long a token can be used, in seconds. */
export const TOKEN_LIFE_SECONDS = 60;

/** How far the clocks of two routers may differ, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 30;

const ALGORITHM = 'HS256';

/** A token for one request of ours to the other side of a session. */
export async function signToken({ id, local, remote }: Session, key: Uint8Array): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: ALGORITHM, kid: id })
    .setIssuer(nameOf(local))
    .setAudience(nameOf(remote))
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

/** The id of a token that the other side of a session made for us; rejects for any other. */
export async function verifyToken(token: string, { local, remote }: Session, key: Uint8Array): Promise<string> {
  const { payload } = await jwtVerify(token, key, {
    algorithms: [ALGORITHM],
    issuer: nameOf(remote),
    audience: nameOf(local),
    maxTokenAge: TOKEN_LIFE_SECONDS,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['jti', 'exp'],
  });
  if (payload.jti === undefined) throw new Error('the token has no id');
  return payload.jti;
}

function nameOf({ asn, routerId }: Identity): string {
  return `as${asn}/${routerId}`;
}

import { createHmac } from 'node:crypto';
import type { Asn } from '../../core/bgp/packet/asn.ts';
import { callerId } from './caller-id.ts';
import type { CallingRouter } from './calling-router.ts';
import { PROTOCOL } from './hello.ts';
import type { Identity } from '../speaker/identity.ts';
import { TokenRefused } from './token-refused.ts';
import { claimedSession, signToken, verifyToken } from './token.ts';
import { UsedTokens } from './used-tokens.ts';

/** A router that may call without a session. */
export interface CallerOptions {
  readonly asn: Asn;
  readonly key: string;
}

/** Replaces the name of a session in the tokens of callers. */
const NO_SESSION = 'caller';

/** Routers that may call without a session. They learn our routes from a route server. */
export class Callers {
  readonly #url: string | undefined;
  readonly #known: readonly (CallerOptions & { readonly used: UsedTokens })[];

  /** `url` is the base URL under which we take calls. Tokens must have it as audience. */
  constructor(url: string | undefined, known: readonly CallerOptions[]) {
    this.#url = url;
    this.#known = known.map((caller) => ({ ...caller, used: new UsedTokens() }));
  }

  /**
   * Returns the caller that makes a request, or undefined if the request has no token of a caller. Rejects with {@link
   * TokenRefused}.
   */
  async authenticate(header: (name: string) => string | undefined): Promise<CallingRouter | undefined> {
    const token = /^Bearer (.+)$/i.exec(header('authorization') ?? '')?.[1];
    if (token === undefined || claimedSession(token) !== NO_SESSION) return undefined;
    for (const { asn, key, used } of this.#known) {
      const ends = { issuer: `as${asn}`, audience: this.#url ?? '' };
      const verified = await verifyToken(token, ends, tokenKey(key)).catch(() => undefined);
      if (verified === undefined) continue;
      used.take(verified);
      const id = callerId(asn);
      return { id, account: id };
    }
    throw new TokenRefused('the token does not belong to a caller');
  }
}

/** Returns the headers for a call to the router at a URL that lists us as a caller. */
export async function callerCredentials({ asn }: Identity, url: string, key: string): Promise<Record<string, string>> {
  const token = await signToken(NO_SESSION, { issuer: `as${asn}`, audience: url }, tokenKey(key));
  return { authorization: `Bearer ${token}` };
}

function tokenKey(key: string): Uint8Array {
  return createHmac('sha256', key)
    .update(JSON.stringify([NO_SESSION, PROTOCOL]))
    .digest();
}

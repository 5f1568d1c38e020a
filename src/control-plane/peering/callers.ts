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

/** Stands in a token in the place of a session's name. */
const NO_SESSION = 'caller';

/** The routers that may call although there is no session with them: a route server has told them of us. */
export class Callers {
  readonly #url: string | undefined;
  readonly #known: readonly (CallerOptions & { readonly used: UsedTokens })[];

  /** Tokens must be made for `url`, the one under which we take calls. */
  constructor(url: string | undefined, known: readonly CallerOptions[]) {
    this.#url = url;
    this.#known = known.map((caller) => ({ ...caller, used: new UsedTokens() }));
  }

  /** Returns the caller that makes a request, or undefined when it is not made as one; rejects with {@link TokenRefused}. */
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
    throw new TokenRefused('the token is of no caller');
  }
}

/** The headers under which we call a router at a URL as one of its callers. */
export async function callerCredentials({ asn }: Identity, url: string, key: string): Promise<Record<string, string>> {
  const token = await signToken(NO_SESSION, { issuer: `as${asn}`, audience: url }, tokenKey(key));
  return { authorization: `Bearer ${token}` };
}

function tokenKey(key: string): Uint8Array {
  return createHmac('sha256', key)
    .update(JSON.stringify([NO_SESSION, PROTOCOL]))
    .digest();
}

import type { PeerId } from '../../core/bgp/rib/route.ts';
import { FairPlaces } from './fair-places.ts';
import type { Session } from './authenticated-session.ts';
import { claimedSession, nameOf, signToken, verifyToken } from './token.ts';
import { TokenRefused } from './token-refused.ts';
import { UsedTokens } from './used-tokens.ts';

/** Header that names the session of a request if no key is set. */
export const SESSION_HEADER = 'bgp-session';

/** Time within which an admitted peer must open its link. */
const LINK_WITHIN_MS = 10_000;

/** Largest number of sessions that wait for a link. Beyond it, the peer with the most loses its oldest one. */
const MAX_WAITING = 4_096;

interface Held {
  readonly session: Session;
  /** Ends the session if no link is opened. Undefined once there is one. */
  patience: NodeJS.Timeout | undefined;
  readonly used: UsedTokens;
}

/** The sessions to which requests may belong. */
export class Sessions {
  readonly #held = new Map<string, Held>();
  readonly #waiting = new FairPlaces<Session>();

  /** Adds a session that already has its link. */
  add(session: Session): void {
    this.#held.set(session.id, { session, patience: undefined, used: new UsedTokens() });
  }

  /** Adds a session whose link the peer must open within {@link LINK_WITHIN_MS}. */
  expectLink(session: Session): void {
    const patience = setTimeout(() => {
      this.end(session);
    }, LINK_WITHIN_MS);
    this.#held.set(session.id, { session, patience, used: new UsedTokens() });
    this.#waiting.add(session.peer, session);
    const last = this.#waiting.size > MAX_WAITING ? this.#waiting.largest() : undefined;
    if (last !== undefined) this.end(last.oldest);
  }

  /** Claims the expected link of a session. Returns true only for the first claim. */
  claim(session: Session): boolean {
    const held = this.#held.get(session.id);
    if (held?.patience === undefined) return false;
    clearTimeout(held.patience);
    held.patience = undefined;
    this.#waiting.delete(session);
    return true;
  }

  /** Ends a session, which invalidates its tokens. */
  end(session: Session): void {
    clearTimeout(this.#held.get(session.id)?.patience);
    this.#waiting.delete(session);
    this.#held.delete(session.id);
  }

  /** Ends every session. */
  stop(): void {
    for (const { session } of this.#held.values()) this.end(session);
  }

  /**
   * Returns the peer whose session a request names. Only {@link authenticate} proves that the request comes from that
   * peer.
   */
  named(header: (name: string) => string | undefined): PeerId | undefined {
    const { id } = claimOf(header);
    return id === undefined ? undefined : this.#held.get(id)?.session.peer;
  }

  /** Returns the session of a request, or undefined if the request claims none. Rejects with {@link TokenRefused}. */
  async authenticate(header: (name: string) => string | undefined): Promise<Session | undefined> {
    const { token, id } = claimOf(header);
    if (id === undefined && token === undefined) return undefined;
    const held = this.#held.get(id ?? '');
    if (held === undefined) throw new TokenRefused('the session is unknown or has ended');
    const { tokenKey } = held.session;
    if (tokenKey === undefined) return held.session;
    if (token === undefined) throw new TokenRefused('a token is missing');
    return this.#verified(held, token, tokenKey);
  }

  async #verified({ session, used }: Held, token: string, key: Uint8Array): Promise<Session> {
    const { local, remote } = session;
    const ends = { issuer: nameOf(remote), audience: nameOf(local) };
    const verified = await verifyToken(token, ends, key).catch((cause: unknown) => {
      throw new TokenRefused(`the token is not valid: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    });
    used.take(verified);
    return session;
  }
}

/** Returns the session that a request names, and its token, if any. */
function claimOf(header: (name: string) => string | undefined): {
  token?: string | undefined;
  id?: string | undefined;
} {
  const token = /^Bearer (.+)$/i.exec(header('authorization') ?? '')?.[1];
  return { token, id: token === undefined ? header(SESSION_HEADER) : claimedSession(token) };
}

/** Returns the headers that assign a request of ours to a session. */
export async function credentials(session: Session): Promise<Record<string, string>> {
  if (session.tokenKey === undefined) return { [SESSION_HEADER]: session.id };
  const { id, local, remote, tokenKey } = session;
  const token = await signToken(id, { issuer: nameOf(local), audience: nameOf(remote) }, tokenKey);
  return { authorization: `Bearer ${token}` };
}

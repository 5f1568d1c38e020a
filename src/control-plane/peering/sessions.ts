import type { PeerId } from '../../core/bgp/rib/route.ts';
import { FairPlaces } from './fair-places.ts';
import type { Session } from './authenticated-session.ts';
import { claimedSession, nameOf, signToken, verifyToken } from './token.ts';
import { TokenRefused } from './token-refused.ts';
import { UsedTokens } from './used-tokens.ts';

/** Names the session of a request where no key is set. */
export const SESSION_HEADER = 'bgp-session';

/** How long an admitted peer may take to open its link. */
const LINK_WITHIN_MS = 10_000;

/** More sessions than these do not wait for a link: of the peer that has the most the oldest ends. */
const MAX_WAITING = 4_096;

interface Held {
  readonly session: Session;
  /** Ends the session if no link comes; undefined once there is one. */
  patience: NodeJS.Timeout | undefined;
  readonly used: UsedTokens;
}

/** The sessions that requests may belong to. */
export class Sessions {
  readonly #held = new Map<string, Held>();
  readonly #waiting = new FairPlaces<Session>();

  /** Adds a session that has its link already. */
  add(session: Session): void {
    this.#held.set(session.id, { session, patience: undefined, used: new UsedTokens() });
  }

  /** Adds a session whose link the peer must open within a moment. */
  expectLink(session: Session): void {
    const patience = setTimeout(() => {
      this.end(session);
    }, LINK_WITHIN_MS);
    this.#held.set(session.id, { session, patience, used: new UsedTokens() });
    this.#waiting.add(session.peer, session);
    const last = this.#waiting.size > MAX_WAITING ? this.#waiting.largest() : undefined;
    if (last !== undefined) this.end(last.oldest);
  }

  /** Returns true, once, if the expected link of a session may be opened. */
  claim(session: Session): boolean {
    const held = this.#held.get(session.id);
    if (held?.patience === undefined) return false;
    clearTimeout(held.patience);
    held.patience = undefined;
    this.#waiting.delete(session);
    return true;
  }

  /** With its session every token of it ends. */
  end(session: Session): void {
    clearTimeout(this.#held.get(session.id)?.patience);
    this.#waiting.delete(session);
    this.#held.delete(session.id);
  }

  /** Ends every session. */
  stop(): void {
    for (const { session } of this.#held.values()) this.end(session);
  }

  /** Returns the peer whose session a request names; only {@link authenticate} proves that the request is of that peer. */
  named(header: (name: string) => string | undefined): PeerId | undefined {
    const { id } = claimOf(header);
    return id === undefined ? undefined : this.#held.get(id)?.session.peer;
  }

  /** Returns the session that a request belongs to, or undefined when it claims none; rejects with {@link TokenRefused}. */
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

/** The session that a request names, and its token where it brings one. */
function claimOf(header: (name: string) => string | undefined): {
  token?: string | undefined;
  id?: string | undefined;
} {
  const token = /^Bearer (.+)$/i.exec(header('authorization') ?? '')?.[1];
  return { token, id: token === undefined ? header(SESSION_HEADER) : claimedSession(token) };
}

/** The headers under which a request of ours belongs to a session. */
export async function credentials(session: Session): Promise<Record<string, string>> {
  if (session.tokenKey === undefined) return { [SESSION_HEADER]: session.id };
  const { id, local, remote, tokenKey } = session;
  const token = await signToken(id, { issuer: nameOf(local), audience: nameOf(remote) }, tokenKey);
  return { authorization: `Bearer ${token}` };
}

import type { IncomingMessage } from 'node:http';
import type { Log } from '../../base/telemetry/log-event.ts';
import { headerOf } from './incoming-request.ts';
import type { Callers } from './callers.ts';
import type { CallingRouter } from './calling-router.ts';
import { isDirect } from './is-direct.ts';
import { OperatorsKey } from './operators-key.ts';
import { SESSION_HEADER, type Sessions } from './sessions.ts';
import { TokenRefused } from './token-refused.ts';

export interface AccessOptions {
  readonly sessions: Sessions;
  readonly callers: Callers;
  /** True if only this machine can reach us. */
  readonly onLoopback: boolean;
  /** True if any key of peers or callers is set. */
  readonly keyed: boolean;
  /** Key for the operator views. If undefined, only this machine may see them. */
  readonly operatorsKey: string | undefined;
  readonly log: Log;
}

/** Parts of a request that the access rules read. */
export type Presented = Pick<IncomingMessage, 'headers' | 'httpVersion'>;

/** Decision about a request, with the router that made it if it may be served. */
export type Verdict = { readonly ok: true; readonly caller: CallingRouter | undefined } | Refusal;

interface Refusal {
  readonly ok: false;
  /** Error text of the response. */
  readonly error: string;
  /** `WWW-Authenticate` header of the response (RFC 9110 §11.6.1). */
  readonly challenge?: string;
  /** Reason for the log. */
  readonly reason: string;
}

const CHALLENGE = 'Basic realm="operators", charset="UTF-8", Bearer realm="operators"';

const NO_KEY =
  'From other machines and through a proxy, operator views need a key: set operators.key in the config file of this router.';
const KEY_NEEDED = 'This needs the operators.key of this router, as Bearer token or as HTTP Basic password.';

/** Decides which requests are served, except introductions of peers. */
export class Access {
  readonly #options: AccessOptions;
  readonly #operatorsKey: OperatorsKey | undefined;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#operatorsKey = options.operatorsKey === undefined ? undefined : new OperatorsKey(options.operatorsKey);
  }

  /**
   * Judges a request by its path. Peers and callers may use paths below `/api/`. All other paths are for operators, so
   * a view that is added later is closed to others from the start.
   */
  async judge(pathname: string, presented: Presented): Promise<Verdict> {
    const verdict = await (pathname.startsWith('/api/') ? this.#judgeCall(presented) : this.#judgeLook(presented));
    if (!verdict.ok) this.#options.log({ event: 'request-refused', reason: verdict.reason });
    return verdict;
  }

  /**
   * Returns true if a router may introduce itself and send messages. If no key is set, only a router on this machine
   * may.
   */
  mayPeer(presented: Presented): boolean {
    return this.#options.keyed || isDirect(presented);
  }

  async #judgeCall(presented: Presented): Promise<Verdict> {
    const { onLoopback, keyed } = this.#options;
    const open = onLoopback && !keyed;
    if (!keyed && !isDirect(presented)) return tokenNeeded('a call came through a proxy, and no key is set');
    const sender = await this.#senderOf(presented);
    if ('refused' in sender) {
      // A foreign token is meant for another server. A request that names a session comes from a peer and must not pass
      // for our own user.
      const isOwnUser = open && presented.headers[SESSION_HEADER] === undefined;
      return isOwnUser ? { ok: true, caller: undefined } : tokenNeeded(sender.refused);
    }
    if (sender.caller !== undefined || open) return { ok: true, caller: sender.caller };
    return tokenNeeded('a token is missing');
  }

  async #judgeLook(presented: Presented): Promise<Verdict> {
    const { onLoopback } = this.#options;
    if (this.#operatorsKey !== undefined) {
      if (this.#operatorsKey.isIn(presented.headers.authorization)) return { ok: true, caller: undefined };
      return keyNeeded(KEY_NEEDED, 'a request came without operators.key');
    }
    if (!onLoopback || !isDirect(presented)) return keyNeeded(NO_KEY, 'operators.key is not set');
    const sender = await this.#senderOf(presented);
    const isPeer = 'refused' in sender ? SESSION_HEADER in presented.headers : sender.caller !== undefined;
    if (!isPeer) return { ok: true, caller: undefined };
    return keyNeeded(KEY_NEEDED, 'a peer or caller requested an operator view');
  }

  /** Returns the peer or caller whose token or session a request carries, if any, or the reason why it is rejected. */
  async #senderOf(
    presented: Presented,
  ): Promise<{ readonly caller: CallingRouter | undefined } | { readonly refused: string }> {
    const { sessions, callers } = this.#options;
    const header = headerOf(presented);
    try {
      const caller = await callers.authenticate(header);
      if (caller !== undefined) return { caller };
      const session = await sessions.authenticate(header);
      return { caller: session && { id: session.peer, account: session.account } };
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      return { refused: error.message };
    }
  }
}

function tokenNeeded(reason: string): Refusal {
  return { ok: false, error: 'A token is needed.', reason };
}

function keyNeeded(error: string, reason: string): Refusal {
  return { ok: false, error, challenge: CHALLENGE, reason };
}

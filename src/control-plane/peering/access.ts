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
  /** Whether only this machine can reach us. */
  readonly onLoopback: boolean;
  /** Whether any key of peers or callers is set. */
  readonly keyed: boolean;
  /** What opens the views of operators; undefined where only this machine may look. */
  readonly operatorsKey: string | undefined;
  readonly log: Log;
}

/** What the rules of access read of a request. */
export type Presented = Pick<IncomingMessage, 'headers' | 'httpVersion'>;

/** Whether a request may be served, and for whom. */
export type Verdict = { readonly ok: true; readonly caller: CallingRouter | undefined } | Refusal;

interface Refusal {
  readonly ok: false;
  /** The answer to whoever asks. */
  readonly error: string;
  /** How to ask instead (RFC 9110 §11.6.1). */
  readonly challenge?: string;
  /** The reason for the log. */
  readonly reason: string;
}

const CHALLENGE = 'Basic realm="operators", charset="UTF-8", Bearer realm="operators"';

const NO_KEY =
  'What operators look at needs their key beyond this machine and through a proxy: set operators.key in the config file of this router.';
const KEY_NEEDED = 'This needs the operators.key of this router, as Bearer token or as the password of HTTP Basic.';

/** Decides whose requests are served, apart from those in which peers introduce themselves. */
export class Access {
  readonly #options: AccessOptions;
  readonly #operatorsKey: OperatorsKey | undefined;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#operatorsKey = options.operatorsKey === undefined ? undefined : new OperatorsKey(options.operatorsKey);
  }

  /**
   * Judges a request by the path that it asks for. Peers and callers get what lies below `/api/`. Everything else is for
   * operators, so that a view that is added later is closed to others from the start.
   */
  async judge(pathname: string, presented: Presented): Promise<Verdict> {
    const verdict = await (pathname.startsWith('/api/') ? this.#judgeCall(presented) : this.#judgeLook(presented));
    if (!verdict.ok) this.#options.log({ event: 'request-refused', reason: verdict.reason });
    return verdict;
  }

  /** True if a router may introduce itself and send messages: where no key is set, only one on this machine may. */
  mayPeer(presented: Presented): boolean {
    return this.#options.keyed || isDirect(presented);
  }

  async #judgeCall(presented: Presented): Promise<Verdict> {
    const { onLoopback, keyed } = this.#options;
    const open = onLoopback && !keyed;
    if (!keyed && !isDirect(presented)) return tokenNeeded('a call came through a proxy, and no key is set');
    const sender = await this.#senderOf(presented);
    if ('refused' in sender) {
      // A token that is none of ours is for somebody else; who names a session is a peer, and must not pass for our own user.
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
      return keyNeeded(KEY_NEEDED, 'a request came without the key of the operators');
    }
    if (!onLoopback || !isDirect(presented)) return keyNeeded(NO_KEY, 'operators.key is not set');
    const sender = await this.#senderOf(presented);
    const isPeer = 'refused' in sender ? SESSION_HEADER in presented.headers : sender.caller !== undefined;
    if (!isPeer) return { ok: true, caller: undefined };
    return keyNeeded(KEY_NEEDED, 'a peer or caller asked for what operators look at');
  }

  /** Returns the peer or caller whose token or session a request carries, if any, or why it is not accepted. */
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

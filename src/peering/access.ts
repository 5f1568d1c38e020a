import type { PeerId } from '../bgp/rib/route.ts';
import type { Log } from '../telemetry/log-event.ts';
import type { Callers } from './callers.ts';
import { SESSION_HEADER, type Sessions } from './sessions.ts';
import { TokenRefused } from './token-refused.ts';

export interface AccessOptions {
  readonly sessions: Sessions;
  readonly callers: Callers;
  /** Whether only this machine can reach us. */
  readonly onLoopback: boolean;
  /** Whether any key is set. */
  readonly keyed: boolean;
  readonly log: Log;
}

/** What a request asks for: to see, or to have something done. */
export type Purpose = 'read' | 'call';

/** Whether a request may be served, and for whom. */
export type Verdict = { readonly ok: true; readonly caller: PeerId | undefined } | { readonly ok: false };

/** Decides whose requests are served, apart from those in which peers introduce themselves. */
export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  async judge(purpose: Purpose, header: (name: string) => string | undefined): Promise<Verdict> {
    const { sessions, callers, onLoopback, keyed, log } = this.#options;
    const open = onLoopback && (purpose === 'read' || !keyed);
    try {
      const caller = (purpose === 'call' ? await callers.of(header) : undefined) ?? (await sessions.of(header))?.peer;
      if (caller !== undefined || open) return { ok: true, caller };
      throw new TokenRefused('a token is missing');
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      // A token that is none of ours is for somebody else; who names a session is a peer, and must not pass for our own user.
      if (open && header(SESSION_HEADER) === undefined) return { ok: true, caller: undefined };
      log({ event: 'request-refused', reason: error.message });
      return { ok: false };
    }
  }
}

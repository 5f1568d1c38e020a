import type { Log } from '../telemetry/log-event.ts';
import type { Session } from './session.ts';
import { TokenRefused, type Sessions } from './sessions.ts';

export interface AccessOptions {
  readonly sessions: Sessions;
  /** Whether only this machine can reach us. */
  readonly onLoopback: boolean;
  /** Whether any key is set. */
  readonly keyed: boolean;
  readonly log: Log;
}

/** What a request asks for: to see, or to have something done. */
export type Purpose = 'read' | 'call';

/** Whether a request may be served, and for whom. */
export type Verdict = { readonly ok: true; readonly session: Session | undefined } | { readonly ok: false };

/** Decides whose requests are served, apart from those in which peers introduce themselves. */
export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  async judge(purpose: Purpose, header: (name: string) => string | undefined): Promise<Verdict> {
    const { sessions, onLoopback, keyed, log } = this.#options;
    const open = onLoopback && (purpose === 'read' || !keyed);
    try {
      const session = await sessions.of(header);
      if (session !== undefined || open) return { ok: true, session };
      throw new TokenRefused('a token is missing');
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      log({ event: 'request-refused', reason: error.message });
      return { ok: false };
    }
  }
}

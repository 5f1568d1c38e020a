import type { VerifiedToken } from './token.ts';
import { TokenRefused } from './token-refused.ts';

/**
 * Largest number of stored ids. It has room for six thousand tokens per second from a sender whose clock agrees with
 * ours.
 */
const MAX_USED_TOKENS = 250_000;

/** Ids of tokens that were used. Each token is valid once. */
export class UsedTokens {
  /** Ids by the second in which their tokens expire. They are forgotten together after it. */
  readonly #used = new Map<number, Set<string>>();
  #size = 0;

  /** Records a token. Throws {@link TokenRefused} if it was used before. */
  take({ id, until }: VerifiedToken): void {
    const known = this.#used.get(until);
    if (known?.has(id)) throw new TokenRefused('the token was used before');
    if (known === undefined || this.#size >= MAX_USED_TOKENS) this.#forget();
    if (this.#size >= MAX_USED_TOKENS) throw new TokenRefused('too many tokens arrive to remember them all');
    this.#used.set(until, (known ?? new Set()).add(id));
    this.#size += 1;
  }

  #forget(): void {
    const now = Date.now() / 1_000;
    for (const [until, ids] of this.#used) {
      if (until > now) continue;
      this.#used.delete(until);
      this.#size -= ids.size;
    }
  }
}

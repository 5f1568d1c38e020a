import type { VerifiedToken } from './token.ts';
import { TokenRefused } from './token-refused.ts';

/** Room for six thousand tokens a second of a sender whose clock is ours. */
const MAX_USED_TOKENS = 250_000;

/** Tokens that came already: each serves once. */
export class UsedTokens {
  /** By the second with which they end: until then each is known, and then all of them are forgotten. */
  readonly #used = new Map<number, Set<string>>();
  #size = 0;

  /** Takes a token that came; throws {@link TokenRefused} for one that came before. */
  take({ id, until }: VerifiedToken): void {
    const known = this.#used.get(until);
    if (known?.has(id)) throw new TokenRefused('the token was used before');
    if (known === undefined || this.#size >= MAX_USED_TOKENS) this.#forget();
    if (this.#size >= MAX_USED_TOKENS) throw new TokenRefused('more tokens come than can be remembered');
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

import { CLOCK_TOLERANCE_SECONDS, TOKEN_LIFE_SECONDS } from './token.ts';
import { TokenRefused } from './token-refused.ts';

const MAX_USED_TOKENS = 100_000;
const USED_TOKEN_MS = (TOKEN_LIFE_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS) * 1_000;

/** Tokens that came already: each serves once. */
export class UsedTokens {
  /** With the time when they are forgotten, in that order. */
  readonly #used = new Map<string, number>();

  /** Takes a token that came; throws {@link TokenRefused} for one that came before. */
  take(id: string): void {
    const now = Date.now();
    for (const [old, until] of this.#used) {
      if (until > now) break;
      this.#used.delete(old);
    }
    if (this.#used.has(id)) throw new TokenRefused('the token was used before');
    if (this.#used.size >= MAX_USED_TOKENS) throw new TokenRefused('too many tokens in a minute');
    this.#used.set(id, now + USED_TOKEN_MS);
  }
}

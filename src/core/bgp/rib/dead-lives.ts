import { DEAD_LIFE_MS, MAX_DEAD_LIVES, type Life, type Proof } from '../packet/life.ts';

/**
 * The lives that are known to have ended, with the proofs, for ten minutes. The oldest are forgotten first; what is
 * forgotten is treated as any classical router would treat it.
 */
export class DeadLives {
  readonly #dead = new Map<Life, { readonly proof: Proof; readonly at: number }>();

  get size(): number {
    return this.#dead.size;
  }

  has(life: Life | undefined): boolean {
    return life !== undefined && this.#dead.has(life);
  }

  proofOf(life: Life | undefined): Proof | undefined {
    return life === undefined ? undefined : this.#dead.get(life)?.proof;
  }

  /** Remembers the end of a life; false when it was known already. */
  add(proof: Proof, now: number): boolean {
    if (this.#dead.has(proof.life)) return false;
    this.#dead.set(proof.life, { proof, at: now });
    this.#forget(now);
    return true;
  }

  #forget(now: number): void {
    for (const [life, { at }] of this.#dead) {
      if (this.#dead.size <= MAX_DEAD_LIVES && now - at < DEAD_LIFE_MS) return;
      this.#dead.delete(life);
    }
  }
}

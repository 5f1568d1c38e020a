import type { PathAttributes } from '../packet/attributes.ts';

/** How many sets may be added before those that nothing holds any more are swept out. */
const SWEEP_AFTER = 4_096;

/**
 * Keeps one object per distinct attribute set, so that routes share it and equality is identity. Sets that no route holds
 * are forgotten: the table grows with what is in use, not with what was ever seen.
 */
export class Interner {
  readonly #sets = new Map<string, WeakRef<PathAttributes>>();
  #sweepAt = SWEEP_AFTER;

  /** The one object that stands for this set; the given one if the set is new. */
  intern(attributes: PathAttributes): PathAttributes {
    const key = canonical(attributes);
    const known = this.#sets.get(key)?.deref();
    if (known !== undefined) return known;
    this.#sets.set(key, new WeakRef(attributes));
    if (this.#sets.size >= this.#sweepAt) this.#sweep();
    return attributes;
  }

  /** How many sets the table holds, those included that wait for the next sweep. */
  get size(): number {
    return this.#sets.size;
  }

  #sweep(): void {
    for (const [key, ref] of this.#sets) if (ref.deref() === undefined) this.#sets.delete(key);
    this.#sweepAt = this.#sets.size * 2 + SWEEP_AFTER;
  }
}

function canonical(a: PathAttributes): string {
  return JSON.stringify([
    a.asPath,
    a.nextHop,
    a.localPref,
    a.med,
    a.communities,
    a.capabilities,
    a.originTime,
    a.performance === undefined ? 0 : [a.performance.responseTimeMs, a.performance.successRate],
    a.originatorId ?? 0,
    a.clusterList ?? 0,
    a.aggregate ?? 0,
    a.unknown ?? 0,
  ]);
}

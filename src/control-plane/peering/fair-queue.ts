/** A queue in which the owners of items take turns. An owner with many items does not delay the others. */
export class FairQueue<K, T> {
  readonly #waiting = new Map<K, T[]>();

  add(whose: K, item: T): void {
    const items = this.#waiting.get(whose);
    if (items === undefined) this.#waiting.set(whose, [item]);
    else items.push(item);
  }

  /** Removes and returns the next item. */
  take(): T | undefined {
    for (const [whose, items] of this.#waiting) {
      this.#waiting.delete(whose);
      const next = items.shift();
      if (items.length > 0) this.#waiting.set(whose, items);
      return next;
    }
    return undefined;
  }
}

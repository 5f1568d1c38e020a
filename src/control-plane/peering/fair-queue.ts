/** What waits for its turn, by whom it is of: each has a turn after the other, however much one of them wants. */
export class FairQueue<K, T> {
  readonly #waiting = new Map<K, T[]>();

  add(whose: K, item: T): void {
    const items = this.#waiting.get(whose);
    if (items === undefined) this.#waiting.set(whose, [item]);
    else items.push(item);
  }

  /** The next one, which waits no more. */
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

/** The growth after which dead entries are swept out, in characters. */
const SWEEP_AFTER = 1024 * 1024;

/** The cost of an entry besides its key, in characters. */
const ENTRY_SIZE = 128;

/** Finds objects by text for as long as somebody else holds them; their texts go with them, at the next sweep. */
export class WeakTable<T extends object> {
  readonly #entries = new Map<string, WeakRef<T>>();
  #size = 0;
  #sweepAt = SWEEP_AFTER;

  /** The number of objects in the table, those included that wait for the next sweep. */
  get size(): number {
    return this.#entries.size;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.deref();
  }

  /** Adds what the table does not have. */
  add(key: string, value: T): void {
    if (!this.#entries.has(key)) this.#size += key.length + ENTRY_SIZE;
    this.#entries.set(key, new WeakRef(value));
    if (this.#size >= this.#sweepAt) this.#sweep();
  }

  #sweep(): void {
    this.#size = 0;
    for (const [key, ref] of this.#entries) {
      if (ref.deref() === undefined) this.#entries.delete(key);
      else this.#size += key.length + ENTRY_SIZE;
    }
    this.#sweepAt = this.#size * 2 + SWEEP_AFTER;
  }
}

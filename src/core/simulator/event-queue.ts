interface Entry<T> {
  readonly at: number;
  /** The place in the order of insertion, which decides between equal times: the heap alone would not keep that order. */
  readonly order: number;
  readonly item: T;
}

/** The queue of future events by virtual time: a binary heap that breaks ties by order of insertion. */
export class EventQueue<T> {
  readonly #heap: Entry<T>[] = [];
  #inserted = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The time of the next item, or undefined when there is none. */
  get nextAt(): number | undefined {
    return this.#heap[0]?.at;
  }

  push(at: number, item: T): void {
    const heap = this.#heap;
    const entry = { at, order: this.#inserted++, item };
    let hole = heap.length;
    heap.push(entry);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(entry, above)) break;
      heap[hole] = above;
      hole = parent;
    }
    heap[hole] = entry;
  }

  pop(): { readonly at: number; readonly item: T } | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.#heap.length > 0) this.#sink(last);
    return first;
  }

  /** Lets an entry sink from the top to its place. */
  #sink(entry: Entry<T>): void {
    const heap = this.#heap;
    let hole = 0;
    for (;;) {
      const left = heap[2 * hole + 1];
      if (left === undefined) break;
      const right = heap[2 * hole + 2];
      const rightIsLess = right !== undefined && before(right, left);
      const child = rightIsLess ? right : left;
      if (!before(child, entry)) break;
      heap[hole] = child;
      hole = 2 * hole + (rightIsLess ? 2 : 1);
    }
    heap[hole] = entry;
  }
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Longest time that one turn of the event loop spends on messages of peers, in milliseconds. */
const TURN_MS = 5;

/** Work that is done in pieces. */
export interface Work {
  readonly pieces: Iterator<unknown>;
  /** Called once, after the last piece or when the rest is dropped. */
  readonly over: () => void;
}

/**
 * Processes the messages of peers: in order for each peer, by turns among peers. The time per turn of the event loop is
 * limited, so that calls and timers run in between. Work that finds the queues empty starts at once.
 */
export class Intake<Key> {
  readonly #queues = new Map<Key, Work[]>();
  /** Set from the first work in a turn of the event loop to the end of that turn. */
  #turn: NodeJS.Immediate | undefined;
  #until = 0;
  #isRunning = false;

  add(key: Key, work: Work): void {
    const queue = this.#queues.get(key);
    if (queue === undefined) this.#queues.set(key, [work]);
    else queue.push(work);
    this.#run();
  }

  /** Drops the remaining work of a key. */
  drop(key: Key): void {
    const queue = this.#queues.get(key) ?? [];
    this.#queues.delete(key);
    for (const { over } of queue) over();
  }

  stop(): void {
    clearImmediate(this.#turn);
    for (const key of [...this.#queues.keys()]) this.drop(key);
  }

  #run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      this.#beginTurn();
      while (this.#queues.size > 0 && performance.now() < this.#until) this.#doNext();
    } finally {
      this.#isRunning = false;
    }
  }

  #beginTurn(): void {
    if (this.#turn !== undefined) return;
    this.#until = performance.now() + TURN_MS;
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      if (this.#queues.size > 0) this.#run();
    });
  }

  #doNext(): void {
    const [next] = this.#queues;
    if (next === undefined) return;
    const [key, queue] = next;
    const [work] = queue;
    const isOver = work === undefined || work.pieces.next().done === true;
    // The piece may have dropped its own queue.
    if (this.#queues.get(key) !== queue) return;
    if (isOver) {
      queue.shift();
      work?.over();
    }
    if (this.#queues.get(key) !== queue) return;
    if (queue.length === 0) this.#queues.delete(key);
    else if (this.#queues.size > 1) {
      this.#queues.delete(key);
      this.#queues.set(key, queue);
    }
  }
}

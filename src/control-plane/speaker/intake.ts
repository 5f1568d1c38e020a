/** How long one turn of the event loop may be spent on what peers say, in milliseconds. */
const TURN_MS = 5;

/** Something to be done, in pieces. */
export interface Work {
  readonly pieces: Iterator<unknown>;
  /** Called once, when all pieces are done or the rest is dropped. */
  readonly over: () => void;
}

/**
 * Does what peers ask for: in order for each of them, by turns among them, and never for long at a time, so that calls and
 * timers come in between. What finds nothing before it is done at once.
 */
export class Intake<Key> {
  readonly #queues = new Map<Key, Work[]>();
  /** Set while this turn of the event loop has been at work. */
  #turn: NodeJS.Immediate | undefined;
  #until = 0;
  #isRunning = false;

  add(key: Key, work: Work): void {
    const queue = this.#queues.get(key);
    if (queue === undefined) this.#queues.set(key, [work]);
    else queue.push(work);
    this.#run();
  }

  /** Drops what is left for a key. */
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
    // What was done may have dropped it.
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

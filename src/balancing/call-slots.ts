import { Failure } from '../failure.ts';

export interface CallLimits {
  /** How many calls of one next hop run at once. */
  readonly maxConcurrent: number;
  /** How many more wait for one to end. */
  readonly maxQueued: number;
}

/** A next hop has all the calls that it may have, and as many waiting. */
export class QueueFull extends Failure {
  constructor(nextHop: string, retryAfterMs: number) {
    super(
      'SERVER_UNAVAILABLE',
      `${nextHop} has as many calls running and waiting as are allowed; nothing was sent. Call again in ${retryAfterMs} ms.`,
      { reached: 'no', details: { retryAfterMs } },
    );
  }
}

/** A call ended while it waited for its turn. */
export class QueueLeft extends Failure {
  constructor(nextHop: string) {
    super('TIMEOUT', `The call ended while it waited for its turn at ${nextHop}; nothing was sent. Allow more time.`, {
      reached: 'no',
    });
  }
}

interface Place {
  running: number;
  readonly waiting: Set<() => void>;
}

/** Bounds how many calls a next hop gets at once, and how many wait for it. */
export class CallSlots {
  readonly #limits: CallLimits;
  readonly #places = new Map<string, Place>();

  constructor(limits: CallLimits) {
    this.#limits = limits;
  }

  /** Resolves when the call may begin; whoever calls this calls {@link leave} when it has ended. Rejects with a `Failure`. */
  async enter(nextHop: string, signal: AbortSignal, retryAfterMs: () => number): Promise<void> {
    const place = this.#places.get(nextHop) ?? { running: 0, waiting: new Set() };
    this.#places.set(nextHop, place);
    if (place.running < this.#limits.maxConcurrent) {
      place.running += 1;
      return;
    }
    if (place.waiting.size >= this.#limits.maxQueued) throw new QueueFull(nextHop, retryAfterMs());
    if (signal.aborted) throw new QueueLeft(nextHop);
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        place.waiting.delete(begin);
        reject(new QueueLeft(nextHop));
      };
      // The slot of the call that has ended goes over to this one.
      const begin = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      signal.addEventListener('abort', leave, { once: true });
      place.waiting.add(begin);
    });
  }

  leave(nextHop: string): void {
    const place = this.#places.get(nextHop);
    if (place === undefined) return;
    const [next] = place.waiting;
    if (next !== undefined) {
      place.waiting.delete(next);
      next();
      return;
    }
    place.running -= 1;
    if (place.running === 0) this.#places.delete(nextHop);
  }
}

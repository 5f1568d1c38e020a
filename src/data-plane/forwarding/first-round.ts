import type { Query } from './resolve.ts';

/** How long a call for an agent that is not known yet waits for those who have not told of theirs once. */
const FIRST_ROUND_MS = 5_000;

/** Somebody whose agents are not known before it has answered for the first time. */
export interface Teller {
  /** Resolves when it has told of its agents, or has failed to. */
  readonly firstAnswer: Promise<void>;
  /** Whether the target of a call may be one of its agents. */
  readonly mayHaveTarget: (query: Query) => boolean;
}

/** Who has not told of agents yet: until they have, an unknown one may still turn up. */
export class FirstRound {
  readonly #pending = new Map<Teller, Promise<void>>();

  constructor(tellers: Iterable<Teller>) {
    for (const teller of tellers) {
      const answered = teller.firstAnswer.then(() => {
        this.#pending.delete(teller);
      });
      this.#pending.set(teller, answered);
    }
  }

  /** Asks `isDone` again after every first answer that matters, until it says so or none is left, at most five seconds. */
  async until(query: Query, signal: AbortSignal, isDone: () => boolean): Promise<void> {
    if (this.#pending.size === 0) return;
    const patience = new AbortController();
    const timer = setTimeout(() => {
      patience.abort();
    }, FIRST_ROUND_MS);
    const impatient = aborted(AbortSignal.any([patience.signal, signal]));
    try {
      for (let awaited = this.#awaited(query); awaited.length > 0; awaited = this.#awaited(query)) {
        const goOn = await Promise.race([impatient, ...awaited.map((answer) => answer.then(() => true))]);
        if (isDone() || !goOn) return;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #awaited(query: Query): Promise<void>[] {
    return [...this.#pending].filter(([{ mayHaveTarget }]) => mayHaveTarget(query)).map(([, answered]) => answered);
  }
}

function aborted(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    const settle = (): void => {
      resolve(false);
    };
    if (signal.aborted) settle();
    else signal.addEventListener('abort', settle, { once: true });
  });
}

import type { Query } from './resolve.ts';

/** Longest time that a call for an unknown agent waits for first answers. */
const FIRST_ROUND_MS = 5_000;

/** A server or the peers, whose agents are unknown until the first answer. */
export interface Teller {
  /** Resolves when it has reported its agents or has failed to. */
  readonly firstAnswer: Promise<void>;
  /** Returns true if the target of a call may be one of its agents. */
  readonly mayHaveTarget: (query: Query) => boolean;
}

/** The servers and peers that have not reported their agents yet. Until they do, an unknown agent may still appear. */
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

  /**
   * Asks `isDone` again after every relevant first answer. Resolves when it returns true, no answer is pending, the
   * signal aborts, or five seconds have passed.
   */
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

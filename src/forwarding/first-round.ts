import type { Servers } from './ports.ts';

/** How long a call for an agent that is not known yet waits for servers that have not answered once. */
const FIRST_ROUND_MS = 5_000;

/** Which servers have neither answered nor failed yet: until they have, an unknown agent may still turn up. */
export class FirstRound {
  readonly #pending = new Map<string, Promise<void>>();

  constructor(servers: Servers) {
    for (const { name } of servers.all()) {
      const answered = servers.firstAnswer(name).then(() => {
        this.#pending.delete(name);
      });
      this.#pending.set(name, answered);
    }
  }

  /**
   * Asks `isDone` again after every first answer of a server that matters, until it says so or none is left, at most five
   * seconds.
   */
  async until(matters: (server: string) => boolean, signal: AbortSignal, isDone: () => boolean): Promise<void> {
    if (this.#pending.size === 0) return;
    const patience = new AbortController();
    const timer = setTimeout(() => {
      patience.abort();
    }, FIRST_ROUND_MS);
    const impatient = aborted(AbortSignal.any([patience.signal, signal]));
    try {
      for (let awaited = this.#awaited(matters); awaited.length > 0; awaited = this.#awaited(matters)) {
        const goOn = await Promise.race([impatient, ...awaited.map((answer) => answer.then(() => true))]);
        if (isDone() || !goOn) return;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #awaited(matters: (server: string) => boolean): Promise<void>[] {
    return [...this.#pending].filter(([server]) => matters(server)).map(([, answered]) => answered);
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

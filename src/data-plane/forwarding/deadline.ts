/** Time limits of calls that set none of their own. */
export interface TimeLimits {
  readonly timeoutMs: number;
  /** Longest time between two chunks of a stream. */
  readonly silenceMs: number;
}

/**
 * A signal that aborts when another one aborts, and with a `TimeoutError` when its time is over. The creator must call
 * `stop`.
 */
export class Deadline {
  readonly signal: AbortSignal;
  /** Resolves when the deadline was stopped or its signal has aborted. */
  readonly over: Promise<void>;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #abort: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #limitMs: number;
  #endsAt: number;
  #end = (): void => undefined;

  constructor(outer: AbortSignal, limitMs: number) {
    outer.throwIfAborted();
    this.signal = this.#controller.signal;
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.signal.addEventListener('abort', this.#end, { once: true });
    this.#outer = outer;
    this.#limitMs = limitMs;
    this.#abort = () => {
      this.lift();
      this.#controller.abort(outer.reason);
    };
    outer.addEventListener('abort', this.#abort, { once: true });
    this.#endsAt = performance.now() + limitMs;
    this.#timer = setTimeout(() => {
      this.#controller.abort(new DOMException(`No answer within ${limitMs} ms.`, 'TimeoutError'));
    }, limitMs);
  }

  get remainingMs(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  /** Restarts the time. This suits streams, which may take any time as long as chunks keep arriving. */
  renew(): void {
    this.#endsAt = performance.now() + this.#limitMs;
    if (!this.signal.aborted) this.#timer.refresh();
  }

  /** Aborts the signal before the time is over. */
  abort(reason: Error): void {
    this.#controller.abort(reason);
  }

  /** Removes the time limit. The outer signal still aborts this one. */
  lift(): void {
    clearTimeout(this.#timer);
  }

  stop(): void {
    this.lift();
    this.#outer.removeEventListener('abort', this.#abort);
    this.#end();
  }
}

/** Runs a function under a deadline and stops the deadline afterwards. */
export async function withDeadline<T>(
  outer: AbortSignal,
  limitMs: number,
  run: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(outer, limitMs);
  try {
    return await run(deadline);
  } finally {
    deadline.stop();
  }
}

/** How long calls may take that set no limit of their own. */
export interface TimeLimits {
  readonly timeoutMs: number;
  /** Between two chunks of a stream. */
  readonly silenceMs: number;
}

/** A signal that aborts when another one does, and with a `TimeoutError` when its time is over; whoever makes it stops it. */
export class Deadline {
  readonly signal: AbortSignal;
  /** Resolves when nothing runs under it any more: it was stopped, or its signal has aborted. */
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

  /** Begins anew: for what may take as long as it likes, if only something comes now and then. */
  renew(): void {
    this.#endsAt = performance.now() + this.#limitMs;
    if (!this.signal.aborted) this.#timer.refresh();
  }

  /** Ends what runs under it before its time. */
  abort(reason: Error): void {
    this.#controller.abort(reason);
  }

  /** Takes the time limit away; the other signal is still passed on. */
  lift(): void {
    clearTimeout(this.#timer);
  }

  stop(): void {
    this.lift();
    this.#outer.removeEventListener('abort', this.#abort);
    this.#end();
  }
}

/** Runs something under a deadline. */
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

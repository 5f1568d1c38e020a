/**
 * Limits how many requests begin at once. A slow holder loses its slot after `holdMs` and continues without it, so that
 * dead servers do not delay live ones.
 */
export class Slots {
  #free: number;
  readonly #holdMs: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number, holdMs: number) {
    this.#free = count;
    this.#holdMs = holdMs;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let held = true;
    const release = (): void => {
      if (held) this.#release();
      held = false;
    };
    const timer = setTimeout(release, this.#holdMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      release();
    }
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

import type { Progress } from '../../core/simulator/simulate.ts';

/** Delay before the bar appears. Shorter runs show none. */
const PATIENCE_MS = 1000;
const INTERVAL_MS = 200;
const WIDTH = 30;

/** Progress of a simulation, as one line that is rewritten. */
export class ProgressBar {
  readonly #write: (text: string) => void;
  readonly #clock: () => number;
  readonly #startedAt: number;
  #shownAt = 0;
  #longest = 0;

  constructor(write: (text: string) => void, clock: () => number) {
    this.#write = write;
    this.#clock = clock;
    this.#startedAt = clock();
  }

  show({ nowMs, scriptEndsAtMs, steps }: Progress): void {
    const now = this.#clock();
    if (now - this.#startedAt < PATIENCE_MS || now - this.#shownAt < INTERVAL_MS) return;
    this.#shownAt = now;
    const share = scriptEndsAtMs === 0 ? 1 : Math.min(1, nowMs / scriptEndsAtMs);
    const filled = Math.round(share * WIDTH);
    const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
    const doing = share < 1 ? 'script' : 'settling';
    const line = `[${bar}] ${doing}, ${(nowMs / 1000).toFixed(1)} s virtual, ${steps} steps`;
    this.#longest = Math.max(this.#longest, line.length);
    this.#write(`\r${line}`);
  }

  /** Clears the line if it is shown. */
  clear(): void {
    if (this.#shownAt > 0) this.#write(`\r${' '.repeat(this.#longest)}\r`);
  }
}

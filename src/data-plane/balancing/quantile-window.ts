/** Window over the newest numbers of a series. When it is full, a new number replaces the oldest. */
export class QuantileWindow {
  readonly #values: number[] = [];
  readonly #size: number;
  #next = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get count(): number {
    return this.#values.length;
  }

  add(value: number): void {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#size;
  }

  /**
   * Returns the smallest number that at least this share of all numbers does not exceed; undefined if the window is
   * empty.
   */
  quantile(share: number): number | undefined {
    const sorted = Float64Array.from(this.#values).sort();
    return sorted[Math.ceil(share * sorted.length) - 1];
  }
}

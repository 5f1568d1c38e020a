/** The newest of a row of numbers: so many at most, an older one makes room for the next. */
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

  /** The smallest of them that at least this share of all does not exceed; undefined where there is none. */
  quantile(share: number): number | undefined {
    const sorted = Float64Array.from(this.#values).sort();
    return sorted[Math.ceil(share * sorted.length) - 1];
  }
}

/** Estimates the tokens of a text: one per four ASCII characters and one per other UTF-16 unit. */
export function estimatedTokens(text: string): number {
  let ascii = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) < 128) ascii += 1;
  return Math.ceil(ascii / 4) + text.length - ascii;
}

/** Estimates the tokens of a value in a JSON list. */
export function tokensOf(value: unknown): number {
  return estimatedTokens(`${JSON.stringify(value)},`);
}

/** Remaining tokens of an answer. */
export class TokenBudget {
  #left: number;

  constructor(tokens: number) {
    this.#left = tokens;
  }

  get left(): number {
    return this.#left;
  }

  /** Takes tokens if enough are left. Returns true if it took them. */
  take(tokens: number): boolean {
    const fits = tokens <= this.#left;
    if (fits) this.#left -= tokens;
    return fits;
  }
}

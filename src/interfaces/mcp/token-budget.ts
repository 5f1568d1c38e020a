/** Estimates how many tokens a text is for a model: a quarter of its ASCII characters, and one for each other UTF-16 unit. */
export function estimatedTokens(text: string): number {
  let ascii = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) < 128) ascii += 1;
  return Math.ceil(ascii / 4) + text.length - ascii;
}

/** Estimates how many tokens a value is as one of several in JSON. */
export function tokensOf(value: unknown): number {
  return estimatedTokens(`${JSON.stringify(value)},`);
}

/** How many of the tokens that an answer may have are left. */
export class TokenBudget {
  #left: number;

  constructor(tokens: number) {
    this.#left = tokens;
  }

  get left(): number {
    return this.#left;
  }

  /** Takes tokens where so many are left; returns whether it has. */
  take(tokens: number): boolean {
    const fits = tokens <= this.#left;
    if (fits) this.#left -= tokens;
    return fits;
  }
}

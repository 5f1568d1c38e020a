import { parseJson, PASSED_SHAPE } from '../../base/bodies/parse-json.ts';
import { mapTexts } from '../../base/telemetry/map-texts.ts';
import type { MaskedStream, SecretMask } from '../../base/telemetry/secret-mask.ts';
import { withoutInsides } from './error-insides.ts';

/** How errors and stacks show in JSON, whose keys may be written with escapes. To look for texts is faster than for a pattern. */
const SIGNS = ['rror', 'tack', '\\u'];

/**
 * Cleans replies on their way to somebody else: of the errors in them words are left, and configured secrets are masked. A
 * reply that has neither passes as it is, and is only searched.
 */
export class ReplyCleaner {
  /** What may be said to others of an error of a server. */
  readonly words: (error: unknown) => string;
  /** Masks configured secrets. */
  readonly masked: (text: string) => string;
  readonly #mask: SecretMask;

  constructor(words: (error: unknown) => string, mask: SecretMask) {
    this.words = words;
    this.#mask = mask;
    this.masked = mask.text;
  }

  get hasSecrets(): boolean {
    return !this.#mask.isEmpty;
  }

  /** A JSON text, cleaned; of one that cannot be read and might hold what must not pass, words. */
  text(json: string): string {
    if (!this.concerns(json)) return json;
    const value = parsed(json);
    if (value === undefined) return this.words(json);
    const cleaned = this.#value(value);
    return cleaned === value ? json : JSON.stringify(cleaned);
  }

  /** Masks the texts of a stream, which secrets may fill several of. */
  texts(): MaskedStream {
    return this.#mask.stream();
  }

  /** True if a text may hold what must not pass. */
  concerns(text: string): boolean {
    return SIGNS.some((sign) => text.includes(sign)) || this.#mask.mayBeIn(text);
  }

  #value(value: unknown): unknown {
    return mapTexts(withoutInsides(value, this.words), this.masked);
  }
}

/** The value of a JSON text; undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return parseJson(text, PASSED_SHAPE);
  } catch {
    return undefined;
  }
}

import { parseJson, PASSED_SHAPE } from '../../base/bodies/parse-json.ts';
import { mapTexts } from '../../base/telemetry/map-texts.ts';
import type { MaskedStream, SecretMask } from '../../base/telemetry/secret-mask.ts';
import { withoutInsides } from './error-insides.ts';

/**
 * Texts that reveal an error or a stack in JSON, whose keys may contain escapes. A text search is faster than a
 * pattern.
 */
const SIGNS = ['rror', 'tack', '\\u'];

/**
 * Cleans replies before they are forwarded. Errors are reduced to their messages, and configured secrets are masked. A
 * reply that has neither is only searched and passes unchanged.
 */
export class ReplyCleaner {
  /** Returns the part of a server's error that may be forwarded. */
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

  /** Cleans a JSON text. A suspicious text that is not readable JSON is treated as an error message. */
  text(json: string): string {
    if (!this.concerns(json)) return json;
    const value = parsed(json);
    if (value === undefined) return this.words(json);
    const cleaned = this.#value(value);
    return cleaned === value ? json : JSON.stringify(cleaned);
  }

  /** Returns a masker for the texts of a stream. A secret may span several of them. */
  texts(): MaskedStream {
    return this.#mask.stream();
  }

  /** Returns true if a text may hold an error or a secret. */
  concerns(text: string): boolean {
    return SIGNS.some((sign) => text.includes(sign)) || this.#mask.mayBeIn(text);
  }

  #value(value: unknown): unknown {
    return mapTexts(withoutInsides(value, this.words), this.masked);
  }
}

/** Parses a JSON text; undefined if it is unreadable. */
export function parsed(text: string): unknown {
  try {
    return parseJson(text, PASSED_SHAPE);
  } catch {
    return undefined;
  }
}

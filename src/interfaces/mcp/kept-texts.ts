import { randomUUID } from 'node:crypto';

const MAX_TEXTS = 32;
const MAX_TOTAL_LENGTH = 32 * 1024 * 1024;
const MAX_AGE_MS = 30 * 60 * 1000;

/** A whole text whose result holds only its beginning. */
export interface KeptText {
  readonly uri: string;
  /** Title for users. */
  readonly title: string;
  readonly mimeType: string;
  readonly text: string;
}

/**
 * Store of long texts that a client can read as resources. It is limited in number, size and age, and drops the oldest
 * first.
 */
export class KeptTexts {
  readonly #kept = new Map<string, { readonly text: KeptText; readonly until: number }>();
  #length = 0;

  /** Stores a text. Returns undefined if it exceeds the size of the whole store. */
  keep(text: Omit<KeptText, 'uri'>, now: number): KeptText | undefined {
    if (text.text.length > MAX_TOTAL_LENGTH) return undefined;
    const kept = { ...text, uri: `agent-proxy://results/${randomUUID()}` };
    this.#kept.set(kept.uri, { text: kept, until: now + MAX_AGE_MS });
    this.#length += kept.text.length;
    this.#forget(now);
    return kept;
  }

  list(now: number): readonly KeptText[] {
    this.#forget(now);
    return [...this.#kept.values()].map(({ text }) => text);
  }

  read(uri: string, now: number): KeptText | undefined {
    this.#forget(now);
    return this.#kept.get(uri)?.text;
  }

  #forget(now: number): void {
    for (const [uri, { text, until }] of this.#kept) {
      const isOver = this.#kept.size > MAX_TEXTS || this.#length > MAX_TOTAL_LENGTH || until <= now;
      if (!isOver) return;
      this.#kept.delete(uri);
      this.#length -= text.text.length;
    }
  }
}

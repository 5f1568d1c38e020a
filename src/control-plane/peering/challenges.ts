import type { Hello } from './hello.ts';

/** How long a router may take to prove itself. */
const PROOF_WITHIN_MS = 10_000;

/**
 * Room for all hellos that one process can answer within that time, so that none pushes out another one; only a flood of
 * hellos that are unusually long does so, after seconds.
 */
const MAX_BYTES = 32 * 1024 * 1024;

/** What an entry costs besides its text. */
const ENTRY_BYTES = 120;

/** Until when a challenge may be met, our nonce in it, and the hello that it was given to. */
type Entry = readonly [until: number, nonce: string, hello: Hello];

/** A hello that a challenge was given to. */
export interface Introduction {
  readonly hello: Hello;
  /** Our nonce in the challenge. */
  readonly nonce: string;
}

/** Challenges that were given and may still be met, in the order in which they were given: as texts, which are small. */
export class Challenges {
  readonly #given = new Map<string, string>();
  readonly #now: () => number;
  #bytes = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Remembers a challenge by the name of its session. */
  give(session: string, { hello, nonce }: Introduction): void {
    const text = JSON.stringify([this.#now() + PROOF_WITHIN_MS, nonce, hello] satisfies Entry);
    this.#given.set(session, text);
    this.#bytes += sizeOf(text);
    for (const [oldest, its] of this.#given) {
      if (this.#bytes <= MAX_BYTES && untilOf(its) > this.#now()) break;
      this.#drop(oldest, its);
    }
  }

  /** The introduction of a challenge that may still be met, which it is by this: each serves once. */
  take(session: string): Introduction | undefined {
    const text = this.#given.get(session);
    if (text === undefined) return undefined;
    this.#drop(session, text);
    const [until, nonce, hello] = JSON.parse(text) as Entry;
    return until > this.#now() ? { hello, nonce } : undefined;
  }

  #drop(session: string, text: string): void {
    this.#given.delete(session);
    this.#bytes -= sizeOf(text);
  }
}

function sizeOf(text: string): number {
  return Buffer.byteLength(text) + ENTRY_BYTES;
}

/** The time stands first, so that it is found without reading the rest. */
function untilOf(text: string): number {
  return Number(text.slice(1, text.indexOf(',')));
}

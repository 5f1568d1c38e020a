import type { Hello } from './hello.ts';

/** Time within which a router must prove itself. */
const PROOF_WITHIN_MS = 10_000;

/**
 * Limit on the stored challenges. It has room for all hellos that one process can answer within that time, so they do
 * not evict each other. Only a flood of unusually long hellos does so, after seconds.
 */
const MAX_BYTES = 32 * 1024 * 1024;

/** Memory of an entry besides its text. */
const ENTRY_BYTES = 120;

/** Expiry of a challenge, our nonce in it, and the hello that it answers. */
type Entry = readonly [until: number, nonce: string, hello: Hello];

/** A hello that we have answered with a challenge. */
export interface Introduction {
  readonly hello: Hello;
  /** Our nonce in the challenge. */
  readonly nonce: string;
}

/** Pending challenges, oldest first. They are stored as text, which needs little memory. */
export class Challenges {
  readonly #given = new Map<string, string>();
  readonly #now: () => number;
  #bytes = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Stores a challenge under the name of its session. */
  give(session: string, { hello, nonce }: Introduction): void {
    const text = JSON.stringify([this.#now() + PROOF_WITHIN_MS, nonce, hello] satisfies Entry);
    this.#given.set(session, text);
    this.#bytes += sizeOf(text);
    for (const [oldest, its] of this.#given) {
      if (this.#bytes <= MAX_BYTES && untilOf(its) > this.#now()) break;
      this.#drop(oldest, its);
    }
  }

  /** Removes a challenge and returns its introduction. Returns undefined if the challenge is unknown or has expired. */
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

/** Reads only the expiry, which is the first element of the text. */
function untilOf(text: string): number {
  return Number(text.slice(1, text.indexOf(',')));
}

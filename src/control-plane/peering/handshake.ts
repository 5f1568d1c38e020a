import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { PROTOCOL, type Challenge, type Hello } from './hello.ts';

const NONCE_BYTES = 16;

/** A number that was never used before and that nobody can guess. */
export function drawNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}

/** What both routers said so far: whoever knows the key can show that by signing it, in a role of its own. */
export class Handshake {
  readonly #key: string;
  readonly #said: readonly (string | number)[];

  /** Without a key nothing is proved, but the exchange is the same. */
  constructor(key: string | undefined, hello: Hello, challenge: Challenge) {
    this.#key = key ?? '';
    this.#said = [
      PROTOCOL,
      challenge.session,
      hello.asn,
      hello.routerId,
      hello.nonce,
      hello.time,
      hello.url ?? '',
      challenge.asn,
      challenge.routerId,
      challenge.nonce,
    ];
  }

  proof(role: 'dialler' | 'answerer'): string {
    return this.#sign(role).toString('base64url');
  }

  isProof(role: 'dialler' | 'answerer', proof: string): boolean {
    const expected = this.#sign(role);
    const given = Buffer.from(proof, 'base64url');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  /** A key for the tokens of this one session. */
  tokenKey(): Uint8Array {
    return this.#sign('tokens');
  }

  #sign(purpose: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([purpose, ...this.#said]))
      .digest();
  }
}

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { PROTOCOL, type Challenge, type Hello } from './hello.ts';

const NONCE_BYTES = 16;

/** Returns a nonce of 128 random bits. */
export function drawNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}

/**
 * Everything that both routers have said in an introduction. A router that knows the key proves it by signing this text
 * for its role.
 */
export class Handshake {
  readonly #key: string;
  readonly #said: readonly (string | number)[];

  /** Without a key, the proofs prove nothing, but the exchange is the same. */
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

  /** Returns the key for the tokens of this session. */
  tokenKey(): Uint8Array {
    return this.#sign('tokens');
  }

  #sign(purpose: string): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([purpose, ...this.#said]))
      .digest();
  }
}

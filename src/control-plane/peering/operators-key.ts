import { createHash, timingSafeEqual } from 'node:crypto';

/** The key for the operator views. */
export class OperatorsKey {
  readonly #digest: Buffer;

  constructor(key: string) {
    this.#digest = digest(Buffer.from(key));
  }

  /**
   * Returns true if an Authorization header has the key, as Bearer token or as HTTP Basic password under any user name.
   */
  isIn(authorization: string | undefined): boolean {
    const [, scheme = '', value = ''] = /^(bearer|basic) +(.+)$/i.exec(authorization ?? '') ?? [];
    if (value === '') return false;
    // Node reads header bytes as Latin-1.
    if (scheme.toLowerCase() === 'bearer') return this.#is(Buffer.from(value, 'latin1'));
    const pair = Buffer.from(value, 'base64');
    const colon = pair.indexOf(':');
    return colon !== -1 && this.#is(pair.subarray(colon + 1));
  }

  /** Compares digests, so that the time discloses neither the key nor its length. */
  #is(given: Buffer): boolean {
    return timingSafeEqual(digest(given), this.#digest);
  }
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Position in a list, in the form that the owner of the list chooses. */
export type Position = readonly (string | number)[];

const SEAL_BYTES = 16;

/** Opaque cursors for clients. A cursor is valid only for its list and until this program ends. */
export class Cursors {
  readonly #key = randomBytes(32);

  /** Returns the cursor of a position in a list. */
  seal(list: string, position: Position): string {
    const written = Buffer.from(JSON.stringify(position));
    return Buffer.concat([this.#sealOf(list, written), written]).toString('base64url');
  }

  /** Returns the position in a cursor; undefined if this program did not make it for this list. */
  open(list: string, cursor: string): Position | undefined {
    const bytes = Buffer.from(cursor, 'base64url');
    const [seal, written] = [bytes.subarray(0, SEAL_BYTES), bytes.subarray(SEAL_BYTES)];
    if (seal.length < SEAL_BYTES || !timingSafeEqual(seal, this.#sealOf(list, written))) return undefined;
    return JSON.parse(written.toString()) as Position;
  }

  #sealOf(list: string, written: Buffer): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([list, written.toString('base64url')]))
      .digest()
      .subarray(0, SEAL_BYTES);
  }
}

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A place in a list, as the owner of the list writes it. */
export type Position = readonly (string | number)[];

const SEAL_BYTES = 16;

/** Cursors for clients: opaque, valid only for the list that they were made for and only until this program ends. */
export class Cursors {
  readonly #key = randomBytes(32);

  /** Returns the cursor that stands for a position in a list. */
  seal(list: string, position: Position): string {
    const written = Buffer.from(JSON.stringify(position));
    return Buffer.concat([this.#sealOf(list, written), written]).toString('base64url');
  }

  /** Returns the position that a cursor stands for, or undefined when it was not made for this list by this program. */
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

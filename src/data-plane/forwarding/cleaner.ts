/** Cleans the replies of servers before they are forwarded. */
export interface Cleaner {
  /** Returns the part of a JSON text that may be forwarded. */
  text(json: string): string;
  /** Returns a cleaner for the body of one stream. */
  stream(): BodyCleaner;
}

/** Cleans one body, part by part. */
export interface BodyCleaner {
  /** Returns the bytes that may be forwarded after this part. */
  take(part: Uint8Array): Uint8Array;
  /** Returns the remaining bytes when the body has ended. */
  end(): Uint8Array;
}

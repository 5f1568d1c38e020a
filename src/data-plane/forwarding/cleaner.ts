/** Cleans the replies of servers on their way to others. */
export interface Cleaner {
  /** Returns what may pass on of a JSON text. */
  text(json: string): string;
  /** Returns a cleaner for the body of one stream. */
  stream(): BodyCleaner;
}

/** Cleans one body, part by part. */
export interface BodyCleaner {
  /** Returns what may pass on once this part has come. */
  take(part: Uint8Array): Uint8Array;
  /** Returns what is left when the body has ended. */
  end(): Uint8Array;
}

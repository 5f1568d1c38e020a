/** An answer of a router, as it comes over HTTP. */
export interface Answer {
  readonly status: number;
  /** The Link header, which names the next page. */
  readonly link: string | undefined;
  readonly body: string;
}

/** What the command line knows of the process around it. */
export interface CliIo {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results. */
  readonly out: (text: string) => void;
  /** What went wrong. */
  readonly err: (text: string) => void;
  /** A line that is written over itself, on the way of what went wrong; nothing of a file or a router may be in it. */
  readonly overwrite: (text: string) => void;
  /** Asks the router of the same user that listens at an address, past its listener; undefined when there is none. */
  readonly askRunning: (
    listen: { readonly host: string; readonly port: number },
    question: string,
  ) => Promise<Answer | undefined>;
}

/** The HTTP answer of a router. */
export interface Answer {
  readonly status: number;
  /** Link header with the URL of the next page. */
  readonly link: string | undefined;
  readonly body: string;
}

/** The process, as the commands use it. */
export interface CliIo {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes results. */
  readonly out: (text: string) => void;
  /** Writes errors. */
  readonly err: (text: string) => void;
  /** Rewrites a line of the error output. The text is not escaped, so it must not contain data of files or routers. */
  readonly overwrite: (text: string) => void;
  /** Asks the router of the same user at an address through its local socket; undefined if there is none. */
  readonly askRunning: (
    listen: { readonly host: string; readonly port: number },
    question: string,
  ) => Promise<Answer | undefined>;
}

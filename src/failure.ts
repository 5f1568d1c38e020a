/** The codes that a caller sees; what each means is in docs/configuration.md. */
export const FAILURE_CODES = [
  'AGENT_NOT_FOUND',
  'DENIED_BY_POLICY',
  'SERVER_UNAVAILABLE',
  'TIMEOUT',
  'LOOP_DETECTED',
  'AGENT_ERROR',
  'INVALID_REQUEST',
  'INVALID_CONFIG',
  'TOOL_NOT_FOUND',
  'INVALID_AGENT_ID',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** Whether a request may have reached the agent: only after `no` may it be tried elsewhere. */
export type Reached = 'no' | 'maybe' | 'yes';

/**
 * An expected failure on its way to the caller. Every room has one subclass per condition; `message` is a whole sentence
 * that says what happened and what to do, without secrets and stack traces.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly reached: Reached;
  /** More fields for the caller's error object. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: FailureCode,
    message: string,
    options: { reached?: Reached; details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.reached = options.reached ?? 'no';
    this.details = options.details ?? {};
  }
}

import type { Crossed } from '../../core/bgp/packet/crossed.ts';

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
 * The party that a failure speaks against. `server` is the next hop or the agent at it. `peer` is a router that refuses for
 * reasons of its own: failures behind a peer do not count against it. `caller` is the request or the one that made it.
 */
export type Blame = 'server' | 'peer' | 'caller' | 'nobody';

/** What the routers further on have made of a call: for the routers before them, not for callers. */
export interface Spent {
  /** How many next hops may still be tried, as they count. */
  readonly attemptsLeft: number | undefined;
  /** The routers that it has crossed in vain. */
  readonly crossed: readonly Crossed[];
}

export interface FailureOptions {
  readonly blames: Blame;
  /** True if the next hop gave no reply, or did not complete it in time; false if absent. */
  readonly isSilent?: boolean;
  readonly reached?: Reached;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly spent?: Spent | undefined;
  readonly cause?: unknown;
}

/**
 * An expected failure on its way to the caller. Every room has one subclass per condition; `message` is a whole sentence
 * that says what happened and what to do, without secrets and stack traces.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly blames: Blame;
  /** True if the next hop gave no reply, or did not complete it in time. */
  readonly isSilent: boolean;
  readonly reached: Reached;
  /** More fields for the caller's error object. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Set where routers have refused the call. */
  readonly spent: Spent | undefined;

  constructor(code: FailureCode, message: string, options: FailureOptions) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.blames = options.blames;
    this.isSilent = options.isSilent ?? false;
    this.reached = options.reached ?? 'no';
    this.details = options.details ?? {};
    this.spent = options.spent;
  }
}

/** The call failed on its way, as `cause` says, and nobody knows whether the agent ran. */
export class OutcomeUnknown extends Failure {
  constructor(cause: Failure) {
    super(cause.code, `${cause.message} The agent may have acted: check before you call again.`, {
      blames: cause.blames,
      isSilent: cause.isSilent,
      reached: 'maybe',
      details: cause.details,
      cause,
    });
  }
}

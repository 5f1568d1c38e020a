import type { Crossed } from '../../core/bgp/packet/crossed.ts';

/** Codes that a caller sees. docs/configuration.md explains them. */
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

/** States whether a request may have reached the agent. Only after `no` may the call be retried elsewhere. */
export type Reached = 'no' | 'maybe' | 'yes';

/**
 * The party that a failure counts against. `server` is the next hop or the agent on it. `peer` is a router that rejects
 * a call for its own reasons: failures behind a peer do not count against it. `caller` is the request or its sender.
 */
export type Blame = 'server' | 'peer' | 'caller' | 'nobody';

/** The budget that downstream routers spent. It is for upstream routers, not for callers. */
export interface Spent {
  /** Number of next hops that may still be tried, as the downstream routers count. */
  readonly attemptsLeft: number | undefined;
  /** The routers that the call crossed without success. */
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
 * An expected failure for the caller. Every room has one subclass per condition. `message` consists of whole sentences
 * that say what happened and what to do, without secrets and stack traces.
 */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly blames: Blame;
  /** True if the next hop gave no reply, or did not complete it in time. */
  readonly isSilent: boolean;
  readonly reached: Reached;
  /** Additional fields of the caller's error object. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Budget spent by routers; present if routers have rejected the call. */
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

/** The call failed after it was sent, for the reason in `cause`, and the agent may have run. */
export class OutcomeUnknown extends Failure {
  constructor(cause: Failure) {
    super(cause.code, `${cause.message} The agent may have acted: check before you retry.`, {
      blames: cause.blames,
      isSilent: cause.isSilent,
      reached: 'maybe',
      details: cause.details,
      cause,
    });
  }
}

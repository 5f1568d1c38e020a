/** Health of next hops as calls read and change it. */
export interface NextHopHealth {
  /** Returns the breaker's decision about a call to a next hop. */
  admit(nextHop: string): HopAnswer;
  /** Records that a next hop has begun to answer, which ends its pause. */
  signOfLife(nextHop: string): void;
  /** Records the outcome of a call of an agent at a server. Only our own servers are measured. */
  called(nextHop: string, agentId: string, sample: CallSample): void;
}

/** The decision of a next hop's breaker about a call. */
export type HopAnswer =
  | { readonly kind: 'passed'; readonly entry: HopEntry }
  /** The next hop is paused for this time. */
  | { readonly kind: 'resting'; readonly restMs: number }
  /** Another call or a liveness probe is testing the next hop. The call asks again when `decided` resolves. */
  | { readonly kind: 'probing'; readonly decided: Promise<void> };

/** A call that has passed. */
export interface HopEntry {
  /** Records whether the next hop answered. */
  record(isThere: boolean): void;
  /** Ends the call, also if no outcome was recorded. */
  leave(): void;
}

/** Result of one call. `succeeded` is undefined if only the time is known. */
export interface CallSample {
  readonly responseTimeMs: number | undefined;
  readonly succeeded: boolean | undefined;
}

/** Running calls at next hops, and the response times of earlier calls. */
export interface NextHopLoads {
  began(nextHop: string): void;
  ended(nextHop: string): void;
  took(nextHop: string, agentId: string, ms: number): void;
  latencyMs(nextHop: string, agentId: string): number | undefined;
}

/** Shares the slots of next hops among callers. `caller` is undefined for the own user. */
export interface NextHopSlots {
  /**
   * Resolves when the call may begin; rejects with a `Failure`. Each call that began must be followed by one `leave`.
   */
  enter(nextHop: string, caller: string | undefined, signal: AbortSignal, retryAfterMs: () => number): Promise<void>;
  leave(nextHop: string, caller: string | undefined): void;
}

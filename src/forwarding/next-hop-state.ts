/** The health of next hops, as calls see and change it. */
export interface NextHopHealth {
  /** Returns how long a next hop must not be called; undefined when it may be. */
  waitMs(nextHop: string): number | undefined;
  /** Takes in whether a next hop is there. */
  record(nextHop: string, isThere: boolean): void;
  /** Takes in how a call of an agent at a server went; only servers of our own are measured. */
  called(nextHop: string, agentId: string, sample: CallSample): void;
}

/** The result of one call: `succeeded` is undefined where only the time is known. */
export interface CallSample {
  readonly responseTimeMs: number | undefined;
  readonly succeeded: boolean | undefined;
}

/** The calls that are under way at next hops, and the times that earlier ones took. */
export interface NextHopLoads {
  began(nextHop: string): void;
  ended(nextHop: string): void;
  took(nextHop: string, agentId: string, ms: number): void;
  latencyMs(nextHop: string, agentId: string): number | undefined;
}

/** Shares the places at next hops out among callers; `caller` is undefined for our own user. */
export interface NextHopSlots {
  /** Resolves when the call may begin; rejects with a `Failure`. Each call that began is followed by one `leave`. */
  enter(nextHop: string, caller: string | undefined, signal: AbortSignal, retryAfterMs: () => number): Promise<void>;
  leave(nextHop: string, caller: string | undefined): void;
}

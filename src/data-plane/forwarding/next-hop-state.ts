/** The health of next hops, as calls see and change it. */
export interface NextHopHealth {
  /** Answers a call that wants to go to a next hop. */
  admit(nextHop: string): HopAnswer;
  /** Takes in that a next hop has begun to answer, which ends its rest. */
  signOfLife(nextHop: string): void;
  /** Takes in how a call of an agent at a server went; only servers of our own are measured. */
  called(nextHop: string, agentId: string, sample: CallSample): void;
}

/** The answer of a next hop's breaker to a call. */
export type HopAnswer =
  | { readonly kind: 'passed'; readonly entry: HopEntry }
  /** The next hop rests for so long. */
  | { readonly kind: 'resting'; readonly restMs: number }
  /** Another call, or a sign of life, tries the next hop out; the call asks again when that has decided. */
  | { readonly kind: 'probing'; readonly decided: Promise<void> };

/** A call that has passed. */
export interface HopEntry {
  /** Takes in whether the next hop was there. */
  record(isThere: boolean): void;
  /** Ends the call, whether or not something was recorded. */
  leave(): void;
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

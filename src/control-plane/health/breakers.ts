import {
  CLOSED,
  transition,
  type BreakerEvent,
  type BreakerProbe,
  type BreakerRules,
  type BreakerState,
} from './breaker.ts';

export interface BreakersOptions {
  readonly rules: BreakerRules;
  readonly now: () => number;
  /**
   * Called when a pause is over. Probes the liveness of the next hop, so that no call has to. Returns undefined for a
   * next hop that cannot be probed; the next call is then the probe.
   */
  readonly tryOut: (nextHop: string) => Promise<boolean> | undefined;
  /** Called when a next hop becomes usable or unusable. */
  readonly onChange: (nextHop: string, usable: boolean) => void;
}

/** The decision of a breaker about a call. */
export type BreakerAnswer =
  | { readonly kind: 'passed'; readonly entry: BreakerEntry }
  /** The next hop is paused for this time. */
  | { readonly kind: 'resting'; readonly restMs: number }
  /** A probe is running. The call asks again when `decided` resolves. */
  | { readonly kind: 'probing'; readonly decided: Promise<void> };

/** A call that a breaker has admitted. At most one of them is the probe of a half-open breaker. */
export interface BreakerEntry {
  /** Records whether the next hop answered the call. */
  record(succeeded: boolean): void;
  /** Ends the call. A probe that recorded no outcome leaves the decision to the next call. */
  leave(): void;
}

/** Maximum number of next hops with a breaker's state. No router has as many. */
const MAX_NEXT_HOPS = 10_000;

/** Breakers of all next hops that failed recently, with the timers of their pauses. */
export class Breakers {
  readonly #options: BreakersOptions;
  readonly #states = new Map<string, BreakerState>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #unusable = new Set<string>();
  #isStopped = false;

  constructor(options: BreakersOptions) {
    this.#options = options;
  }

  /** Returns the decision about a call to a next hop. */
  admit(nextHop: string): BreakerAnswer {
    const state = this.#stateOf(nextHop);
    switch (state.kind) {
      case 'closed':
        return { kind: 'passed', entry: this.#ordinary(nextHop) };
      case 'open':
        return { kind: 'resting', restMs: Math.max(0, Math.ceil(state.until - this.#options.now())) };
      case 'untried':
        return { kind: 'passed', entry: this.#probing(nextHop) };
      case 'half-open':
        return { kind: 'probing', decided: state.probe.decided };
    }
  }

  /** Returns true if a probe of a next hop is running, so that a call would wait for it. */
  isProbed(nextHop: string): boolean {
    return this.#stateOf(nextHop).kind === 'half-open';
  }

  /** Records the result of a liveness probe. A success ends a pause, but does not offset failed calls. */
  signOfLife(nextHop: string, alive: boolean): void {
    if (!alive || this.#stateOf(nextHop).kind !== 'closed') this.#take(nextHop, { type: 'called', succeeded: alive });
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #stateOf(nextHop: string): BreakerState {
    return this.#states.get(nextHop) ?? CLOSED;
  }

  #ordinary(nextHop: string): BreakerEntry {
    return {
      record: (succeeded) => {
        this.#take(nextHop, { type: 'called', succeeded });
      },
      leave: () => undefined,
    };
  }

  /** Makes a call the probe. */
  #probing(nextHop: string): BreakerEntry {
    const probe = newProbe();
    this.#take(nextHop, { type: 'probed', probe });
    return {
      record: (succeeded) => {
        const state = this.#stateOf(nextHop);
        const isProbe = state.kind === 'half-open' && state.probe === probe;
        this.#take(nextHop, isProbe ? { type: 'probe-ended', probe, succeeded } : { type: 'called', succeeded });
      },
      leave: () => {
        this.#take(nextHop, { type: 'probe-ended', probe, succeeded: undefined });
      },
    };
  }

  #take(nextHop: string, event: BreakerEvent): void {
    const before = this.#stateOf(nextHop);
    const after = transition(before, event, this.#options.rules, this.#options.now());
    if (after === before) return;
    if (after === CLOSED) this.#states.delete(nextHop);
    else if (this.#states.has(nextHop) || this.#states.size < MAX_NEXT_HOPS) this.#states.set(nextHop, after);
    else return;
    this.#schedule(nextHop, after);
    if (before.kind === 'half-open') before.probe.settle();
    // A probing call leaves its next hop usable, because every change is advertised to all peers.
    if (after.kind !== 'half-open') this.#tell(nextHop, after.kind !== 'open');
  }

  /** Keeps a timer for an open breaker, and none for any other. */
  #schedule(nextHop: string, state: BreakerState): void {
    clearTimeout(this.#timers.get(nextHop));
    this.#timers.delete(nextHop);
    if (state.kind !== 'open' || this.#isStopped) return;
    const timer = setTimeout(() => {
      this.#rested(nextHop);
    }, state.until - this.#options.now());
    this.#timers.set(nextHop, timer);
  }

  #rested(nextHop: string): void {
    const alive = this.#options.tryOut(nextHop);
    const probe = alive && newProbe();
    this.#take(nextHop, { type: 'rested', probe });
    void alive?.then((succeeded) => {
      if (probe !== undefined) this.#take(nextHop, { type: 'probe-ended', probe, succeeded });
    });
  }

  #tell(nextHop: string, usable: boolean): void {
    if (usable !== this.#unusable.has(nextHop)) return;
    if (usable) this.#unusable.delete(nextHop);
    else this.#unusable.add(nextHop);
    this.#options.onChange(nextHop, usable);
  }
}

function newProbe(): BreakerProbe {
  let settle = (): void => undefined;
  const decided = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { decided, settle };
}

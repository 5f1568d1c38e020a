import { afterOutcome, afterWait, CLOSED, type BreakerRules, type BreakerState } from './breaker.ts';

export interface BreakersOptions {
  readonly rules: BreakerRules;
  readonly now: () => number;
  /**
   * Called when the wait is over: asks the next hop for a sign of life, so that no call has to; undefined where nobody can
   * ask, so that the next call decides.
   */
  readonly tryOut: (nextHop: string) => Promise<boolean> | undefined;
  /** A next hop may be called again, or not any more. */
  readonly onChange: (nextHop: string, usable: boolean) => void;
}

/** More next hops than this are not looked after; no router has as many. */
const MAX_NEXT_HOPS = 10_000;

/** A breaker for every next hop that has failed lately; it owns the timers that close them again. */
export class Breakers {
  readonly #options: BreakersOptions;
  readonly #states = new Map<string, BreakerState>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #unusable = new Set<string>();

  constructor(options: BreakersOptions) {
    this.#options = options;
  }

  /** How long a next hop must not be called; undefined when it may. */
  waitMs(nextHop: string): number | undefined {
    const state = this.#states.get(nextHop);
    return state?.kind === 'open' ? Math.max(0, Math.ceil(state.until - this.#options.now())) : undefined;
  }

  /** Takes in how a call of the next hop went. */
  record(nextHop: string, succeeded: boolean): void {
    const before = this.#states.get(nextHop) ?? CLOSED;
    const after = afterOutcome(before, succeeded, this.#options.rules, this.#options.now());
    if (after === before) return;
    this.#put(nextHop, after);
    if (after.kind === 'open' && before.kind !== 'open') this.#wait(nextHop, after.until);
    this.#tell(nextHop, after.kind !== 'open');
  }

  /** Takes in whether the next hop has given a sign of life: that ends a rest, but does not make up for failed calls. */
  signOfLife(nextHop: string, alive: boolean): void {
    const state = this.#states.get(nextHop);
    if (!alive || (state !== undefined && state.kind !== 'closed')) this.record(nextHop, alive);
  }

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  #put(nextHop: string, state: BreakerState): void {
    if (state === CLOSED) {
      this.#states.delete(nextHop);
      clearTimeout(this.#timers.get(nextHop));
      this.#timers.delete(nextHop);
    } else if (this.#states.has(nextHop) || this.#states.size < MAX_NEXT_HOPS) this.#states.set(nextHop, state);
  }

  #wait(nextHop: string, until: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(nextHop);
      void this.#tryOut(nextHop);
    }, until - this.#options.now());
    this.#timers.set(nextHop, timer);
  }

  async #tryOut(nextHop: string): Promise<void> {
    this.#put(nextHop, afterWait(this.#states.get(nextHop) ?? CLOSED));
    const alive = this.#options.tryOut(nextHop);
    if (alive === undefined) this.#tell(nextHop, true);
    else this.signOfLife(nextHop, await alive);
  }

  #tell(nextHop: string, usable: boolean): void {
    if (usable !== this.#unusable.has(nextHop)) return;
    if (usable) this.#unusable.delete(nextHop);
    else this.#unusable.add(nextHop);
    this.#options.onChange(nextHop, usable);
  }
}

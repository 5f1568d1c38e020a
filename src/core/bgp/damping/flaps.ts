import type { Nlri } from '../packet/nlri.ts';
import { ceilingOf, decayed, msUntil, PENALTIES, type DampingRules, type Flap } from './penalty.ts';

/** The most NLRI whose flaps are remembered of one neighbour; beyond, they are not damped. */
export const MAX_FLAPPING = 100_000;

/** Suppressed routes are looked at in steps of this time, so that many are taken up again at once (RFC 2439 §4.8.7). */
export const REUSE_STEP_MS = 1_000;

interface Record {
  /** The penalty when the last flap came. */
  readonly penalty: number;
  readonly at: number;
  /** The time until which the route is suppressed; undefined when it is not. */
  readonly untilMs: number | undefined;
}

/** The flaps of one neighbour's routes, by NLRI; it outlives the routes, or none that goes could be remembered (RFC 2439 §4.4.3). */
export class Flaps {
  readonly #rules: DampingRules;
  /** In the order of their last flaps. */
  readonly #records = new Map<Nlri, Record>();
  readonly #suppressed = new Set<Nlri>();
  #wakeAt: number | undefined;

  constructor(rules: DampingRules) {
    this.#rules = rules;
  }

  /** The number of NLRI that are remembered. */
  get size(): number {
    return this.#records.size;
  }

  /** The time at which {@link Flaps.release} has to be called; undefined while nothing is suppressed. */
  get wakeAt(): number | undefined {
    return this.#wakeAt;
  }

  /** Returns the time until which an NLRI is suppressed; undefined when it is not. */
  suppressedUntil(nlri: Nlri): number | undefined {
    return this.#records.get(nlri)?.untilMs;
  }

  /** Returns the penalty of an NLRI at a time (RFC 2439 §2.2). */
  penaltyOf(nlri: Nlri, now: number): number {
    const record = this.#records.get(nlri);
    return record === undefined ? 0 : decayed(record.penalty, now - record.at, this.#rules);
  }

  /** Notes a flap; whether the NLRI is suppressed because of it and was not before (RFC 2439 §4.8.2, §4.8.4). */
  add(nlri: Nlri, flap: Flap, now: number): boolean {
    this.#forget(now);
    const before = this.#records.get(nlri);
    if (before === undefined && this.#records.size >= MAX_FLAPPING) return false;
    const { suppressAbove, reuseBelow } = this.#rules;
    const penalty = Math.min(this.penaltyOf(nlri, now) + PENALTIES[flap], ceilingOf(this.#rules));
    const wasSuppressed = before?.untilMs !== undefined;
    const isSuppressed = wasSuppressed || penalty > suppressAbove;
    const untilMs = isSuppressed ? Math.ceil(now + msUntil(penalty, reuseBelow, this.#rules)) : undefined;
    this.#records.delete(nlri);
    this.#records.set(nlri, { penalty, at: now, untilMs });
    if (untilMs === undefined) return false;
    this.#suppressed.add(nlri);
    this.#wakeAt = Math.min(this.#wakeAt ?? Infinity, nextStep(untilMs));
    return !wasSuppressed;
  }

  /** Ends the suppression of all whose time has come, and names them (RFC 2439 §4.8.7). */
  release(now: number): readonly Nlri[] {
    const released: Nlri[] = [];
    let next = Infinity;
    for (const nlri of this.#suppressed) {
      const record = this.#records.get(nlri);
      const untilMs = record?.untilMs ?? 0;
      if (untilMs > now) {
        next = Math.min(next, untilMs);
        continue;
      }
      this.#suppressed.delete(nlri);
      if (record !== undefined) this.#records.set(nlri, { ...record, untilMs: undefined });
      released.push(nlri);
    }
    this.#wakeAt = next === Infinity ? undefined : nextStep(next);
    return released;
  }

  /** Forgets NLRI that have been calm for long: at half of the penalty that lets a route be used again (RFC 2439 §4.2). */
  #forget(now: number): void {
    for (const [nlri, { untilMs }] of this.#records) {
      if (untilMs !== undefined || this.penaltyOf(nlri, now) >= this.#rules.reuseBelow / 2) return;
      this.#records.delete(nlri);
    }
  }
}

function nextStep(ms: number): number {
  return Math.ceil(ms / REUSE_STEP_MS) * REUSE_STEP_MS;
}

import { MAX_MED } from '../../core/bgp/packet/attributes.ts';

/** Measurements of an agent on one server, as moving averages. */
export interface Averages {
  readonly responseTimeMs: number;
  /** Share of successful calls, from 0 to 1. */
  readonly successRate: number;
}

/** Load that a server reports. */
export interface Load {
  readonly queueDepth: number;
  /** Share of the processor, from 0 to 1. */
  readonly cpuUsage: number;
}

/**
 * Outcome of one request. A request that failed at once has no response time. A request that was cancelled has no
 * success.
 */
export interface Sample {
  readonly responseTimeMs: number | undefined;
  readonly succeeded: boolean | undefined;
}

/** Health that was last advertised. */
export interface Told {
  readonly med: number;
  /** Time of the last change of the MED. */
  readonly changedAt: number;
  /** Averages from which the MED was computed; undefined while there are no measurements. */
  readonly averages: Averages | undefined;
}

/** Initial averages. They are optimistic, so that an unmeasured copy gets calls. */
export const UNMEASURED: Averages = { responseTimeMs: 0, successRate: 1 };

export const NO_LOAD: Load = { queueDepth: 0, cpuUsage: 0 };

export const UNTOLD: Told = { med: 0, changedAt: -Infinity, averages: undefined };

/** Weight of one sample in a moving average. */
const SAMPLE_WEIGHT = 0.3;

/** Step size of an advertised MED. */
export const MED_STEP = 25;

/**
 * Minimum distance from the advertised MED before it changes. It is more than half a step, so that noise does not
 * toggle the MED.
 */
const HYSTERESIS = MED_STEP * 0.75;

/**
 * A copy is avoided if its metric exceeds that of a copy in use by this much, even before the MED is advertised. It is
 * used again below half of this.
 */
const AVOID_ABOVE = 2 * MED_STEP;

/** Minimum time between two changes of a route's MED. */
export const MIN_CHANGE_MS = 10_000;

/** Half-life of the measurements of an idle copy while another copy is in use. */
const HALF_LIFE_MS = 15_000;

/**
 * Half-life if no other copy is in use. It is longer because an early retry gains little and every change is advertised
 * to peers.
 */
const LONE_HALF_LIFE_MS = 60_000;

/** Returns the moving averages after one more sample. */
export function moved({ responseTimeMs, successRate }: Averages, sample: Sample): Averages {
  return {
    responseTimeMs: toward(responseTimeMs, sample.responseTimeMs ?? responseTimeMs, SAMPLE_WEIGHT),
    successRate: toward(
      successRate,
      sample.succeeded === undefined ? successRate : Number(sample.succeeded),
      SAMPLE_WEIGHT,
    ),
  };
}

/**
 * Returns the estimated averages of a copy that was not called for some time. Only calls could show that it has
 * recovered, but it gets none. Its averages therefore drift towards those of its probes, but never become better than
 * those of a copy in use.
 */
export function faded(own: Averages, probed: Averages, inUse: Averages | undefined, idleMs: number): Averages {
  const forgotten = 1 - 0.5 ** (idleMs / (inUse === undefined ? LONE_HALF_LIFE_MS : HALF_LIFE_MS));
  const { responseTimeMs, successRate } = own;
  const hoped = inUse ?? UNMEASURED;
  const hopedMs = Math.min(responseTimeMs, Math.max(probed.responseTimeMs, hoped.responseTimeMs));
  const hopedRate = Math.max(successRate, Math.min(probed.successRate, hoped.successRate));
  return {
    responseTimeMs: toward(responseTimeMs, hopedMs, forgotten),
    successRate: toward(successRate, hopedRate, forgotten),
  };
}

/**
 * Returns the health metric before smoothing: up to 100 for the response time, 100 for failures, 50 for the queue, and
 * 50 for the processor.
 */
export function rawMed({ responseTimeMs, successRate }: Averages, { queueDepth, cpuUsage }: Load): number {
  const time = Math.min(responseTimeMs / 10, 100);
  const failures = (1 - successRate) * 100;
  return Math.min(time + failures + Math.min(queueDepth * 10, 50) + Math.min(cpuUsage * 50, 50), MAX_MED);
}

/**
 * Returns true if calls should avoid a copy because one in use is much better. A copy that was avoided stays so for
 * smaller differences.
 */
export function isAvoided(own: Averages, inUse: Averages | undefined, wasAvoided: boolean): boolean {
  if (inUse === undefined) return false;
  return rawMed(own, NO_LOAD) - rawMed(inUse, NO_LOAD) > (wasAvoided ? AVOID_ABOVE / 2 : AVOID_ABOVE);
}

/** Returns the health to advertise now; the same object if it has not changed. */
export function retold(told: Told, averages: Averages, med: number, now: number): Told {
  const isDue = now - told.changedAt >= MIN_CHANGE_MS && Math.abs(med - told.med) > HYSTERESIS;
  if (isDue) return { med: Math.min(Math.round(med / MED_STEP) * MED_STEP, MAX_MED), changedAt: now, averages };
  return told.averages === undefined ? { ...told, averages } : told;
}

function toward(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

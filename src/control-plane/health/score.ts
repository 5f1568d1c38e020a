import { MAX_MED } from '../../core/bgp/packet/attributes.ts';

/** What was measured of a way to an agent, as moving averages. */
export interface Averages {
  readonly responseTimeMs: number;
  /** From 0 to 1. */
  readonly successRate: number;
}

/** What a server says of its own work. */
export interface Load {
  readonly queueDepth: number;
  /** From 0 to 1. */
  readonly cpuUsage: number;
}

/** How one request went. One that failed at once says nothing of the response time, one that was ended early nothing of success. */
export interface Sample {
  readonly responseTimeMs: number | undefined;
  readonly succeeded: boolean | undefined;
}

/** What others were last told. */
export interface Told {
  readonly med: number;
  /** When the MED changed last. */
  readonly changedAt: number;
  /** What the MED was computed from; undefined while nothing is measured. */
  readonly averages: Averages | undefined;
}

/** Where averages begin: what nothing is known of is tried. */
export const UNMEASURED: Averages = { responseTimeMs: 0, successRate: 1 };

export const NO_LOAD: Load = { queueDepth: 0, cpuUsage: 0 };

export const UNTOLD: Told = { med: 0, changedAt: -Infinity, averages: undefined };

/** How far one sample moves an average. */
const SAMPLE_WEIGHT = 0.3;

/** MED moves in steps of this size. */
export const MED_STEP = 25;

/** How far from the last step the measure must be before it counts: more than half a step, so that noise does not toggle. */
const HYSTERESIS = MED_STEP * 0.75;

/** So much worse than a copy in use a copy must be to be left at once, before others are told; half of that to be taken again. */
const AVOID_ABOVE = 2 * MED_STEP;

/** A route's MED changes at most once in this time. */
export const MIN_CHANGE_MS = 10_000;

/** In this time what is known of a way that nobody takes loses half of its weight, where another copy is in use. */
const HALF_LIFE_MS = 15_000;

/** The same where there is no other copy: then nothing is won by trying this one soon, and every change is told to peers. */
const LONE_HALF_LIFE_MS = 60_000;

/** Moving averages with one more sample. */
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
 * What to believe of a way that was last taken some time ago. Only calls could show that it has recovered, and nobody makes
 * them: so it comes to count as good as its probes say, but never as better than a copy that calls take now.
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

/** The health metric before it is smoothed: up to 100 for the time, 100 for failures, 50 for the queue, 50 for the processor. */
export function rawMed({ responseTimeMs, successRate }: Averages, { queueDepth, cpuUsage }: Load): number {
  const time = Math.min(responseTimeMs / 10, 100);
  const failures = (1 - successRate) * 100;
  return Math.min(time + failures + Math.min(queueDepth * 10, 50) + Math.min(cpuUsage * 50, 50), MAX_MED);
}

/** Whether calls should leave a copy for one in use that is much better, or should keep away from it a while longer. */
export function isAvoided(own: Averages, inUse: Averages | undefined, wasAvoided: boolean): boolean {
  if (inUse === undefined) return false;
  return rawMed(own, NO_LOAD) - rawMed(inUse, NO_LOAD) > (wasAvoided ? AVOID_ABOVE / 2 : AVOID_ABOVE);
}

/** What others are to be told now; the very object that was given when that is nothing new. */
export function retold(told: Told, averages: Averages, med: number, now: number): Told {
  const isDue = now - told.changedAt >= MIN_CHANGE_MS && Math.abs(med - told.med) > HYSTERESIS;
  if (isDue) return { med: Math.min(Math.round(med / MED_STEP) * MED_STEP, MAX_MED), changedAt: now, averages };
  return told.averages === undefined ? { ...told, averages } : told;
}

function toward(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

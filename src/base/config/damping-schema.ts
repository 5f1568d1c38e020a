import { z } from 'zod';
import { ceilingOf, type DampingRules } from '../../core/bgp/damping/penalty.ts';
import { DEFAULT_DAMPING } from './defaults.ts';
import { field } from './field.ts';
import { parseInteger } from './integer.ts';
import { strict } from './strict.ts';

const MAX_PENALTY = 1_000_000;
const MAX_SECONDS = 86_400;

const penalty = field((value) => parseInteger(value, 1, MAX_PENALTY));
const seconds = field((value) => parseInteger(value, 1, MAX_SECONDS));

const rules = strict({
  suppressAbove: penalty.optional(),
  reuseBelow: penalty.optional(),
  halfLifeSeconds: seconds.optional(),
  maxSuppressSeconds: seconds.optional(),
});

/** Schema of `damping`: `true` for the values of RFC 7196, an object for others, `false` to disable it. */
export const damping: z.ZodType<DampingRules | undefined> = z
  .unknown()
  .transform((value, context): DampingRules | undefined => {
    if (value === false) return undefined;
    const parsed = rules.safeParse(value === true ? {} : value);
    if (!parsed.success) {
      context.issues.push(
        ...parsed.error.issues.map((issue) => ({ ...issue, input: value }) as (typeof context.issues)[number]),
      );
      return z.NEVER;
    }
    const {
      suppressAbove = DEFAULT_DAMPING.suppressAbove,
      reuseBelow = DEFAULT_DAMPING.reuseBelow,
      halfLifeSeconds = DEFAULT_DAMPING.halfLifeSeconds,
      maxSuppressSeconds = DEFAULT_DAMPING.maxSuppressSeconds,
    } = parsed.data;
    const given = { reuseBelow, halfLifeMs: halfLifeSeconds * 1_000, maxSuppressMs: maxSuppressSeconds * 1_000 };
    const fault = thresholdFault(suppressAbove, reuseBelow, ceilingOf(given));
    if (fault === undefined) return { suppressAbove, ...given };
    context.addIssue({ code: 'custom', message: fault, input: value });
    return z.NEVER;
  });

function thresholdFault(suppressAbove: number, reuseBelow: number, ceiling: number): string | undefined {
  if (suppressAbove <= reuseBelow) {
    return `must have a suppressAbove (${suppressAbove}) above reuseBelow (${reuseBelow})`;
  }
  if (suppressAbove < ceiling) return undefined;
  return (
    `never damps a route, because with these times the penalty reaches at most ${Math.floor(ceiling)}; ` +
    'lower suppressAbove or halfLifeSeconds, or raise maxSuppressSeconds'
  );
}

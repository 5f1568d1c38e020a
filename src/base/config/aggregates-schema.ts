import { z } from 'zod';
import type { AggregateConfig } from './config.ts';
import * as setting from './settings.ts';
import { shortOrLong } from './short-or-long.ts';
import { strict } from './strict.ts';

interface AggregateEntry {
  readonly capability: string;
  readonly summaryOnly?: boolean | undefined;
}

/** Schema of one entry of `aggregates`: a capability path, or an object with options. */
const aggregate: z.ZodType<AggregateEntry> = shortOrLong<AggregateEntry>(
  (text) => {
    const parsed = setting.parseCapability(text);
    return 'fault' in parsed ? parsed : { value: { capability: parsed.value } };
  },
  strict({ capability: setting.capability, summaryOnly: setting.flag.optional() }),
);

/** Schema of `aggregates`. Rejects duplicates, because two entries could disagree about `summaryOnly`. */
export const aggregates: z.ZodType<readonly AggregateConfig[]> = z
  .array(z.unknown(), { error: 'must be a list' })
  .transform((entries, context) => {
    const valid: AggregateConfig[] = [];
    const seen = new Map<string, number>();
    for (const [index, entry] of entries.entries()) {
      const { data, error } = aggregate.safeParse(entry);
      for (const issue of error?.issues ?? []) {
        const placed = { ...issue, path: [index, ...issue.path], input: entry };
        context.issues.push(placed as (typeof context.issues)[number]);
      }
      if (data === undefined) continue;
      const { capability, summaryOnly = false } = data;
      const first = seen.get(capability);
      if (first === undefined) seen.set(capability, index);
      else {
        const message = `duplicates aggregates[${first}], ${capability}; list each capability once`;
        context.addIssue({ code: 'custom', path: [index], message, input: entry });
      }
      valid.push({ capability, summaryOnly });
    }
    return valid;
  });

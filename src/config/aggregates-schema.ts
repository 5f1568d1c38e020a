import { z } from 'zod';
import type { AggregateConfig } from './config.ts';
import * as setting from './settings.ts';
import { shortOrLong } from './short-or-long.ts';
import { strict } from './strict.ts';

interface AggregateEntry {
  readonly capability: string;
  readonly summaryOnly?: boolean | undefined;
}

/** One entry of `aggregates`: a capability path, or an object that says more. */
const aggregate: z.ZodType<AggregateEntry> = shortOrLong<AggregateEntry>(
  (text) => {
    const parsed = setting.parseCapability(text);
    return 'fault' in parsed ? parsed : { value: { capability: parsed.value } };
  },
  strict({ capability: setting.capability, summaryOnly: setting.flag.optional() }),
);

/** The capabilities that stand for what lies below them: each once, or it would not be clear what becomes of the parts. */
export const aggregates: z.ZodType<readonly AggregateConfig[]> = z
  .array(aggregate, { error: 'must be a list' })
  .transform((entries, context) =>
    entries.map(({ capability, summaryOnly = false }, index) => {
      const first = entries.findIndex((other) => other.capability === capability);
      if (first < index) {
        const message = `is ${capability}, as aggregates[${first}] is; list each capability once`;
        context.addIssue({ code: 'custom', path: [index], message, input: capability });
      }
      return { capability, summaryOnly };
    }),
  );

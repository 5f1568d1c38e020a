import { describe, expect, it, vi } from 'vitest';
import type { Ended } from '../../../../src/data-plane/forwarding/attempt.ts';
import { Deadline } from '../../../../src/data-plane/forwarding/deadline.ts';
import { learnTimes } from '../../../../src/data-plane/forwarding/learn-times.ts';
import type { Ends, Stage } from '../../../../src/data-plane/forwarding/stage.ts';
import { serverHop } from './server-hop.ts';

const HOP = serverHop(0);

describe('the time of an attempt', () => {
  const end = (outcome: 'ok' | 'overtaken' | 'cancelled'): Ended<string> => ({
    hop: HOP,
    tally: { attempts: 1, crossed: [] },
    ms: 70,
    ...(outcome === 'ok' ? { outcome, reply: 'hello' } : { outcome }),
  });

  it.each([
    ['ok', [['http://server0', 'weatherAgent', 70]]],
    ['overtaken', [['http://server0', 'weatherAgent', 70]]],
    ['cancelled', []],
  ] as const)('that is %s is recorded: %j', async (outcome, learned) => {
    const took = vi.fn();
    const ends: Ends<string> = [end(outcome)];
    const deadline = new Deadline(new AbortController().signal, 1_000);
    deadline.stop();
    const stage: Stage = { hop: HOP, others: [], tally: { attempts: 1, crossed: [] }, crossed: [], deadline };
    const times = { usualMs: () => undefined, took };
    expect(await learnTimes(times)(() => Promise.resolve(ends))(stage)).toBe(ends);
    expect(took.mock.calls).toEqual(learned);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../../src/core/simulator/event-queue.ts';

function drain<T>(queue: EventQueue<T>): { at: number; item: T }[] {
  const out: { at: number; item: T }[] = [];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) out.push({ at: next.at, item: next.item });
  return out;
}

describe('the event queue', () => {
  it('gives out by time, and in order of insertion at one time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const queue = new EventQueue<number>();
        for (const [item, at] of times.entries()) queue.push(at, item);
        const expected = times.map((at, item) => ({ at, item })).sort((a, b) => a.at - b.at || a.item - b.item);
        expect(drain(queue)).toEqual(expected);
      }),
    );
  });

  it('stays in order when things are put in while others are taken out', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 50 }))), (steps) => {
        const queue = new EventQueue<string>();
        const model: { at: number; item: string }[] = [];
        for (const [i, at] of steps.entries()) {
          if (at === null) {
            model.sort((a, b) => a.at - b.at || Number(a.item) - Number(b.item));
            expect(queue.pop()?.item).toBe(model.shift()?.item);
          } else {
            queue.push(at, String(i));
            model.push({ at, item: String(i) });
          }
          expect(queue.nextAt).toBe(model.length === 0 ? undefined : Math.min(...model.map((entry) => entry.at)));
        }
      }),
    );
  });
});

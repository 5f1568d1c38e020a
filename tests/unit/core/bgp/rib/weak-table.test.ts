import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { WeakTable } from '../../../../../src/core/bgp/rib/weak-table.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** How many entries a table has after so many were added that nothing holds. */
async function leftOf(count: number, keyLength: number): Promise<number> {
  const table = new WeakTable<object>();
  for (let at = 0; at < count; at++) {
    table.add(`${at}`.padEnd(keyLength, '-'), {});
    if (at % 250 !== 0) continue;
    // What was looked at in this turn is only let go of after it.
    await nextTurn();
    collectGarbage();
  }
  return table.size;
}

describe('a table of what others hold', () => {
  it('finds what is still held', () => {
    const table = new WeakTable<object>();
    const held = { a: 1 };
    table.add('key', held);
    expect(table.get('key')).toBe(held);
    expect(table.get('other')).toBeUndefined();
  });

  it('forgets the rest the sooner the longer its keys are', async () => {
    expect(await leftOf(3_000, 8_000)).toBeLessThan(1_000);
    expect(await leftOf(3_000, 10)).toBe(3_000);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOTIFICATIONS } from '../../../../src/bgp/packet/notification.ts';
import { decodeMessage } from '../../../../src/bgp/packet/wire-decode.ts';
import { encodeMessage } from '../../../../src/bgp/packet/wire-encode.ts';
import { hash, message } from './arbitrary.ts';

/** A small generator of its own: a hundred thousand runs of fast-check would take a minute. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const JUNK: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1.5,
  4_294_967_295,
  4_294_967_296,
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  undefined,
  '',
  'x',
  '*',
  '~',
  '~*',
  '~//',
  '~a/*',
  '../..',
  '\u0000',
  '\ud800',
  'x'.repeat(300),
  'agent',
  'tool',
  'open',
  'update',
  '0.0.0.0',
  '10.0.0.1',
  [],
  [[]],
  [null],
  [0],
  [[0]],
  {},
  { nlri: 'x' },
  { nlri: '~*', life: 7 },
  { ['__proto__']: { polluted: true } },
  { constructor: 1 },
  { '+x': 1 },
  { toString: 1 },
  10n,
  Symbol('x'),
  () => 1,
];

function mutate(value: unknown, random: () => number): unknown {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  if (random() < 0.15) return pick(JUNK);
  if (Array.isArray(value)) {
    const items = value as unknown[];
    const at = Math.floor(random() * (items.length + 1));
    if (random() < 0.3) return items.toSpliced(at, random() < 0.5 ? 1 : 0, pick(JUNK));
    if (items.length === 0) return items;
    const index = at % items.length;
    return items.with(index, mutate(items[index], random));
  }
  if (typeof value === 'object' && value !== null) {
    const entries: [string, unknown][] = Object.entries(value);
    if (random() < 0.1)
      return Object.fromEntries([...entries, [pick(['+new', '?new', 'new', 'type', '__proto__']), pick(JUNK)]]);
    const [name, part] = pick<[string, unknown]>(entries.length > 0 ? entries : [['empty', 0]]);
    if (random() < 0.1) return Object.fromEntries(entries.filter(([other]) => other !== name));
    return Object.fromEntries([...entries, [name, mutate(part, random)]]);
  }
  return pick(JUNK);
}

describe('a hundred thousand malformed messages', () => {
  it('never throw, and what is read of them is read again the same', () => {
    const random = generator(4271);
    const valid = fc.sample(message, { numRuns: 500, seed: 4271 }).map((native) => encodeMessage(native));
    const seen = { refused: 0, withdrawn: 0, read: 0 };
    for (let run = 0; run < 100_000; run += 1) {
      let json: unknown = valid[run % valid.length];
      for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes -= 1) json = mutate(json, random);
      const result = decodeMessage(json, hash);
      if (!result.ok) {
        seen.refused += 1;
        if (!(result.notification in NOTIFICATIONS)) expect.fail(result.notification);
        continue;
      }
      if (result.malformed.length > 0) seen.withdrawn += 1;
      else seen.read += 1;
      // What is passed on must be well-formed, or our own session would be closed for it.
      const text = JSON.stringify(encodeMessage(result.message));
      const again = decodeMessage(JSON.parse(text), hash);
      if (!again.ok || again.dropped > 0 || again.malformed.length > 0) expect.fail(text);
      if (JSON.stringify(encodeMessage(again.message)) !== text) expect.fail(text);
    }
    // All three outcomes must have been met, or the mutations prove nothing.
    expect(Math.min(seen.refused, seen.withdrawn, seen.read)).toBeGreaterThan(1_000);
  }, 60_000);

  it('do not reach the prototype of anything', () => {
    expect({}).not.toHaveProperty('polluted');
  });
});

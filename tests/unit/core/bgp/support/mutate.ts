/** A small generator of its own: a hundred thousand runs of fast-check would take a minute. */
export function generator(seed: number): () => number {
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

/** The value with something in it changed for the worse. */
export function mutate(value: unknown, random: () => number): unknown {
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

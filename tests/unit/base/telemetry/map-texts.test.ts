import { expect, it } from 'vitest';
import { mapTexts } from '../../../../src/base/telemetry/map-texts.ts';

const shout = (text: string) => text.toUpperCase();

it('changes every text of a JSON value, including keys, and nothing else', () => {
  const value = JSON.parse('{"a":["b",1,null,{"c":true}],"__proto__":"d"}') as unknown;
  expect(JSON.stringify(mapTexts(value, shout))).toBe('{"A":["B",1,null,{"C":true}],"__PROTO__":"D"}');
  expect(Object.getPrototypeOf(mapTexts(value, (text) => (text === 'd' ? 'e' : text)))).toBe(Object.prototype);
});

it('returns the same value if nothing changes', () => {
  const value = { a: [1, { B: 'C' }] };
  expect(mapTexts(value, (text) => text)).toBe(value);
});

it('replaces values that are nested too deep', () => {
  for (const [open, close] of [['[', ']'] as const, ['{"a":', '}'] as const]) {
    const value: unknown = JSON.parse(`${open.repeat(100_000)}1${close.repeat(100_000)}`);
    expect(JSON.stringify(mapTexts(value, (text) => text))).toContain('nested too deep');
  }
});

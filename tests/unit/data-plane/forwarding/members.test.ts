import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { membersOf } from '../../../../src/data-plane/forwarding/members.ts';

const NAMES = ['a', 'b"\\'] as const;

/** A JSON text whose keys have every letter escaped or none. */
const escaped = (key: string): string =>
  `"${Array.from(key, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;

describe('the members of an object', () => {
  it('are those that a parser finds, the last one of each name', () => {
    const key = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 3 }));
    const keyText = fc
      .tuple(key, fc.boolean())
      .map(([text, isEscaped]) => (isEscaped ? escaped(text) : JSON.stringify(text)));
    const space = fc.constantFrom('', ' ', '\n\t\r ');
    const value = fc
      .tuple(fc.jsonValue(), fc.constantFrom(0, 1))
      .map(([json, indent]) => JSON.stringify(json, undefined, indent));
    const member = fc
      .tuple(space, keyText, space, space, value, space)
      .map(([a, name, b, c, of, d]) => `${a}${name}${b}:${c}${of}${d}`);
    fc.assert(
      fc.property(space, fc.array(member), (before, members) => {
        const text = `${before}{${members.join(',')}}`;
        const parsed = JSON.parse(text) as Record<string, unknown>;
        const found = membersOf(text, NAMES) ?? {};
        for (const name of NAMES) {
          const at = found[name];
          const read = at === undefined ? undefined : (JSON.parse(text.slice(at.start, at.end)) as unknown);
          expect(read).toEqual(Object.hasOwn(parsed, name) ? parsed[name] : undefined);
        }
      }),
    );
  });

  it.each([
    '',
    'null',
    '[]',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":"',
    '{"a":{"b":1}',
    '{"a" 1}',
    '{a:1}',
    '{,}',
    '{"a":1,',
  ])('are undefined for %s', (text) => {
    expect(membersOf(text, NAMES)).toBeUndefined();
  });

  it('are found however deep another value is nested', () => {
    const depth = 1_000_000;
    const text = `{"deep":${'['.repeat(depth)}${']'.repeat(depth)},"a":1}`;
    expect(membersOf(text, NAMES)?.a).toEqual({ start: text.length - 2, end: text.length - 1 });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globFault, globMatches, isLiteral } from '../../../../../src/core/bgp/policy/glob.ts';

describe('globMatches', () => {
  it.each([
    ['dev-*', 'dev-coder'],
    ['dev-*', 'dev-'],
    ['dev-*', 'dev-team/coder'],
    ['dev-*', 'dev-.hidden'],
    ['*', ''],
    ['*', 'anything/at all'],
    ['**', 'a/b'],
    ['*-dev', 'a-dev-dev'],
    ['a*b*c', 'a-b-b-c'],
    ['a*b*c', 'abc'],
    ['a?c', 'abc'],
    ['a?c', 'a😀c'],
    ['?', '😀'],
    ['*?', '😀'],
    ['weather (v2)', 'weather (v2)'],
    ['?a', '\uffffa'],
    ['a.c', 'a.c'],
    ['', ''],
  ])('%j catches %j', (glob, id) => {
    expect(globMatches(glob, id)).toBe(true);
  });

  it.each([
    ['dev-*', 'my-dev-coder'],
    ['dev-*', 'dev'],
    ['dev-*', 'Dev-coder'],
    ['*-dev', 'a-dev-b'],
    ['a*b*c', 'a-c-b'],
    ['a*b*c', 'a-b-c-d'],
    ['a?c', 'ac'],
    ['a?c', 'abbc'],
    ['??', '😀'],
    ['*??', '😀'],
    ['a.c', 'abc'],
    ['coder', 'coder2'],
    ['coder2', 'coder'],
    ['', 'a'],
    ['?', ''],
  ])('%j leaves %j alone', (glob, id) => {
    expect(globMatches(glob, id)).toBe(false);
  });

  it('agrees with the regular expression that says the same', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '😀'), maxLength: 8 });
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '😀', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(glob, text, (pattern, id) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('?', '[^]').replaceAll('*', '[^]*');
        const regex = new RegExp(`^${source}$`, 'u');
        expect(globMatches(pattern, id)).toBe(regex.test(id));
      }),
      { numRuns: 5_000 },
    );
  });

  it('takes no exponential time over an id that a stranger chose', () => {
    const glob = '*a'.repeat(60) + '*b';
    expect(globMatches(glob, 'a'.repeat(256))).toBe(false);
    expect(globMatches(glob, 'a'.repeat(255) + 'b')).toBe(true);
  });
});

describe('globFault', () => {
  it.each(['dev-*', 'coding/*', 'a?', 'weather (v2)', 'what!', 'Über-*', 'a~b'])(
    'finds nothing wrong with %j',
    (glob) => {
      expect(globFault(glob)).toBeUndefined();
    },
  );

  it.each([
    ['', 'is empty'],
    ['{dev,local}-*', "holds '{'"],
    ['dev}', "holds '}'"],
    ['dev-[0-9]', "holds '['"],
    ['dev]', "holds ']'"],
    ['!secret-*', "holds '!'"],
    ['~coding', "begins with '~'"],
  ])('refuses %j, which could only disappoint', (glob, fault) => {
    expect(globFault(glob)).toContain(fault);
  });
});

describe('isLiteral', () => {
  it('tells a plain id from a glob', () => {
    expect(['coder', 'dev-*', 'dev-?'].map(isLiteral)).toEqual([true, false, false]);
  });
});

import { describe, expect, it } from 'vitest';
import { shownValue } from '../../../../src/base/config/shown-value.ts';

describe('a value in a message', () => {
  it.each([
    ['http://a:1/x', 'http://a:1/x'],
    ['http://me:pw@a', 'http://***@a'],
    ['http://me:p/w@a', 'http://***@a'],
    ['me:pw@a:1', '***@a:1'],
    ['x=me:pw@a', 'x=***@a'],
    ['htp://me:pw@a', '***@a'],
    ['65002@http://me:pw@a', '65002@http://***@a'],
    ['http://a?token=pw', 'http://a?***'],
    ['http://a/#pw', 'http://a/?***'],
    ['Bearer abc', 'Bearer ***'],
    [7, '7'],
    [true, 'true'],
    ['x'.repeat(101), `${'x'.repeat(100)}…`],
    [undefined, undefined],
    [{ secret: 1 }, undefined],
  ])('%j is shown as %j', (value, shown) => {
    expect(shownValue(value)).toBe(shown);
  });
});

import { expect, it } from 'vitest';
import { isAtOrBelow } from '../../../../src/base/egress/is-at-or-below.ts';

it.each([
  ['http://a', 'http://a', true],
  ['http://a', 'http://a/', true],
  ['http://a', 'http://a/b/c', true],
  ['http://a/b', 'http://a/b', true],
  ['http://a/b', 'http://a/b/c', true],
  ['http://a/b', 'http://a/bc', false],
  ['http://a/b', 'http://a', false],
  ['http://a', 'http://a.example', false],
  ['http://a', 'http://a@example', false],
  ['http://a:80', 'http://a:8080', false],
  ['http://a', 'https://a', false],
])('of the base %s, the URL %s: %s', (base, url, isBelow) => {
  expect(isAtOrBelow(base, url)).toBe(isBelow);
});

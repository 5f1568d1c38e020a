import { expect, it } from 'vitest';
import { nearestNames } from '../../../../src/data-plane/forwarding/nearest-names.ts';

const NAMES = ['weatherAgent', 'whetherAgent', 'codeReviewer', 'translator', 'x'];

it.each([
  ['wetherAgent', ['weatherAgent', 'whetherAgent']],
  ['WEATHERAGENT', ['weatherAgent', 'whetherAgent']],
  ['weather', ['weatherAgent']],
  ['reviewer', ['codeReviewer']],
  ['traslator', ['translator']],
  ['zzzzzzzzzzzz', []],
])('nearest to %s are %j', (wanted, nearest) => {
  expect(nearestNames(wanted, NAMES)).toEqual(nearest);
});

it('returns at most five names', () => {
  const many = Array.from({ length: 50 }, (_, index) => `agent${index}`);
  expect(nearestNames('agent', many)).toHaveLength(5);
});

it('compares the beginnings of names that are longer than any real one', () => {
  const begin = 'a'.repeat(64);
  expect(nearestNames(`${begin}${'b'.repeat(150)}`, [`${begin}${'c'.repeat(64)}`])).toHaveLength(1);
  expect(nearestNames(`${begin}${'b'.repeat(150)}`, [`${begin}${'c'.repeat(65)}`])).toEqual([]);
});

it('compares a limited number of names', () => {
  function* endless() {
    for (let index = 0; ; index += 1) yield `agent${index}`;
  }
  expect(nearestNames('agent7', endless())[0]).toBe('agent7');
});

import { expect, it } from 'vitest';
import { nearestNames } from '../../../src/forwarding/nearest-names.ts';

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

it('gives five names at most', () => {
  const many = Array.from({ length: 50 }, (_, index) => `agent${index}`);
  expect(nearestNames('agent', many)).toHaveLength(5);
});

it('stays quick with the longest of names', () => {
  const long = Array.from({ length: 20_000 }, (_, index) => `${'a'.repeat(250)}${index}`);
  const started = performance.now();
  expect(nearestNames('b'.repeat(256), long)).toEqual([]);
  expect(performance.now() - started).toBeLessThan(500);
});

it('does not look at more names than a hint is worth', () => {
  function* endless() {
    for (let index = 0; ; index += 1) yield `agent${index}`;
  }
  expect(nearestNames('agent7', endless())[0]).toBe('agent7');
});

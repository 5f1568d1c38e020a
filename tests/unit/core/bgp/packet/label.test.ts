import { expect, it } from 'vitest';
import { cleanLabel } from '../../../../../src/core/bgp/packet/label.ts';

it('a name has at most 128 and a description at most 1,024 clean characters', () => {
  const { name, description } = cleanLabel(`\u202e${'n'.repeat(9_999)}`, 'd'.repeat(9_999));
  expect([name.length, description.length]).toEqual([128, 1_024]);
  expect(name.startsWith('n')).toBe(true);
});

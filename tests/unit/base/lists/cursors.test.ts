import { describe, expect, it } from 'vitest';
import { Cursors } from '../../../../src/base/lists/cursors.ts';

describe('a cursor', () => {
  const cursors = new Cursors();
  const cursor = cursors.seal('agents', ['peer', 7, 'as65102']);

  it('stands for a position in one list', () => {
    expect(cursors.open('agents', cursor)).toEqual(['peer', 7, 'as65102']);
  });

  it.each([
    ['of another list', cursors.seal('routes', [7])],
    ['of another program', new Cursors().seal('agents', [7])],
    ['that is empty', ''],
    ['that is too short', 'AAAA'],
    ['of other letters', '!"§$%'],
    ['with a letter changed', cursor.slice(0, -2) + (cursor.endsWith('A') ? 'BB' : 'AA')],
    ['that is cut', cursor.slice(0, -4)],
    ['with its seal alone', Buffer.from(cursor, 'base64url').subarray(0, 16).toString('base64url')],
    ['made by hand', Buffer.from(`${'0'.repeat(16)}["stub",0,""]`).toString('base64url')],
  ])('%s stands for nothing', (_, strange) => {
    expect(cursors.open('agents', strange)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import * as path from '../../../../../src/core/bgp/packet/as-path.ts';

const PATH = [65001, 65002, [65003, 65004]];

describe('an AS path (RFC 4271 §5.1.2)', () => {
  it('is nearest first, so an AS is put in front', () => {
    expect(path.prepend([65002], 65001)).toEqual([65001, 65002]);
    expect(path.prepend([65002], 65001, 3)).toEqual([65001, 65001, 65001, 65002]);
    expect(path.prepend(path.EMPTY_PATH, 65001)).toEqual([65001]);
  });

  it('counts a set as one AS (RFC 4271 §9.1.2.2 a)', () => {
    expect(path.pathLength(PATH)).toBe(3);
    expect(path.pathLength(path.EMPTY_PATH)).toBe(0);
  });

  it('is searched for loops also inside its sets (RFC 4271 §9.1.2)', () => {
    expect([65001, 65002, 65003, 65004, 65005].map((asn) => path.pathContains(PATH, asn))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  it('names the neighbour and the origin only where it is in order', () => {
    expect([path.neighborAs(PATH), path.originAs(PATH), path.hasAsSet(PATH)]).toEqual([65001, undefined, true]);
    expect([path.neighborAs([[1, 2], 3]), path.originAs([[1, 2], 3])]).toEqual([undefined, 3]);
    expect([path.neighborAs([]), path.originAs([]), path.hasAsSet([])]).toEqual([undefined, undefined, false]);
    expect(path.hasAsSet([65001, 65002])).toBe(false);
  });

  it('is shown to people and policy without its sets', () => {
    expect(path.flattenPath(PATH)).toEqual([65001, 65002, 65003, 65004]);
  });

  it('is the same as one that crosses the same ASes in the same order (RFC 4271 §5.1.2)', () => {
    const paths = [[], [65001], [65002], [65001, 65002], [65002, 65001], [[65001]], [[65001, 65002]], PATH];
    paths.forEach((one, index) => {
      paths.forEach((other, at) => expect(path.samePath(one, structuredClone(other))).toBe(index === at));
      expect(path.samePath(one, one)).toBe(true);
    });
    expect(path.samePath([65001, [65003]], [65001, [65003, 65004]])).toBe(false);
    expect(path.samePath([65001, [65003, 65005]], [65001, [65003, 65004]])).toBe(false);
  });
});

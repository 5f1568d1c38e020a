import { describe, expect, it } from 'vitest';
import {
  crossedText,
  isAmong,
  joined,
  MAX_CROSSED,
  parseCrossed,
  parseCrossedList,
} from '../../../../../src/core/bgp/packet/crossed.ts';

const router = (asn: number) => ({ asn, routerId: '10.0.0.1' });

describe('the routers that a call has crossed', () => {
  it('are read as they are written', () => {
    expect(parseCrossed(crossedText(router(65101)))).toEqual(router(65101));
  });

  it.each(['', '65101', '65101/', '/10.0.0.1', '0/10.0.0.1', '65101/0.0.0.0', '65101/10.0.0.1/x', 65101, null])(
    '%j names none',
    (text) => {
      expect(parseCrossed(text)).toBeUndefined();
    },
  );

  it('keep what can be read of a list, up to as many as a call can cross', () => {
    expect(parseCrossedList(['65101/10.0.0.1', 'nonsense', 7])).toEqual([router(65101)]);
    expect(parseCrossedList('65101/10.0.0.1')).toEqual([]);
    const many = Array.from({ length: 1_000 }, (_, index) => crossedText(router(index + 1)));
    expect(parseCrossedList(many)).toHaveLength(MAX_CROSSED);
  });

  it('are told apart by AS and identifier (RFC 6286 §2.1)', () => {
    expect(isAmong([router(65101)], router(65101))).toBe(true);
    expect(isAmong([router(65101)], router(65102))).toBe(false);
    expect(isAmong([router(65101)], { asn: 65101, routerId: '10.0.0.2' })).toBe(false);
  });

  it('are joined each once, and never grow beyond what a call can cross', () => {
    expect(joined([router(1), router(2)], [router(2), router(3)])).toEqual([router(1), router(2), router(3)]);
    const many = Array.from({ length: MAX_CROSSED }, (_, index) => router(index + 1));
    expect(joined(many, [router(65_000)])).toEqual(many);
  });
});
